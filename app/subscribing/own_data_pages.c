/* What somebody decides of their data, and asks for. Whoever has the link need not be who has the address: what takes
 * something from them holds at once, what gives somebody something is asked by a mail to the address. */
#include "subscribing/own_data_pages.h"

#include "dispatch/acting_pages.h"
#include "subscribing/confirmation_mail.h"
#include "subscribing/own_data.h"

#define SOURCE "By the link in an email"
#define VERSION "Your data (page of the link, version 2)"

enum did { DID_NOTHING, DID_REFUSE, DID_ASK };

/* Actions that ask by mail, and for what. */
static const struct {
	const char *name;
	enum confirm_purpose purpose;
} asked[] = { { "allow", CONFIRM_TRACKING }, { "export", CONFIRM_EXPORT }, { "erase", CONFIRM_ERASURE } };
enum { ASKED = sizeof asked / sizeof *asked };

bool own_data_is_asked(const struct exchange *x) {
	return params_get(&x->query, "data") != NULL;
}

bool own_data_is_action(const char *action) {
	for (int i = 0; i < ASKED; i++)
		if (text_same(action, asked[i].name))
			return true;
	return text_same(action, "refuse");
}

static void put_tracking(struct exchange *x, struct value *view, const struct contact *contact) {
	const enum tracking_state state = (enum tracking_state)contact->tracking.state;
	value_put_bool(view, "has_tracking", x->settings->track_opens || x->settings->track_clicks);
	value_put_bool(view, "is_granted", state == TRACKING_GRANTED);
	value_put_bool(view, "is_refused", state == TRACKING_REFUSED || state == TRACKING_WITHDRAWN);
	value_put_bool(view, "is_unsaid", state == TRACKING_UNKNOWN);
	value_put_bool(view, "unsaid_is_no", x->settings->require_tracking);
	value_put_bool(view, "can_refuse", state == TRACKING_GRANTED || state == TRACKING_UNKNOWN);
	value_put_bool(view, "can_allow", state != TRACKING_GRANTED);
}

static bool reply_data(struct exchange *x, const struct leaver *leaver, enum did did, struct error *err) {
	struct value *view = value_map(x->arena);
	struct contact contact;
	bool found = false;
	if (leaver->contact_id && !contact_find(x->store, leaver->contact_id, x->arena, &contact, &found, err))
		return false;
	value_put_bool(view, "is_nobody", !found);
	value_put_bool(view, "is_known", found);
	value_put_bool(view, "is_refused_now", did == DID_REFUSE);
	value_put_bool(view, "is_asked", did == DID_ASK);
	value_put_text(view, "email", leaver->email);
	value_put_bool(view, "is_blocked", leaver->is_blocked || !leaver->email);
	value_put_bool(view, "can_ask", leaver->email && !leaver->is_blocked);
	value_put_text(view, "organisation", confirmation_us(x->settings));
	value_put_int(view, "days", CONFIRMATION_DATA_DAYS);
	if (found)
		put_tracking(x, view, &contact);
	return reply_page(x, "subscribing/own_data", "Your data", NULL, view, err);
}

bool own_data_show(struct exchange *x, const struct leaver *leaver, struct error *err) {
	return reply_data(x, leaver, DID_NOTHING, err);
}

static bool ask(struct exchange *x, const struct contact *contact, enum confirm_purpose purpose, struct error *err) {
	const struct acting acting = acting_of(x);
	struct confirmation confirmation = { .purpose = purpose,
		                                 .email = contact_norm(x->arena, contact->email),
		                                 .contact_id = contact->id,
		                                 .source = SOURCE,
		                                 .text = VERSION };
	bool was_asked;
	return !confirmation.email || confirmation_ask(&acting, &confirmation, &was_asked, err);
}

bool own_data_act(struct exchange *x, const struct leaver *leaver, const char *action, struct error *err) {
	const struct acting acting = acting_of(x);
	struct contact contact;
	bool found = false;
	if (leaver->contact_id && !contact_find(x->store, leaver->contact_id, x->arena, &contact, &found, err))
		return false;
	if (!found)
		return reply_data(x, leaver, DID_NOTHING, err);
	if (text_same(action, "refuse"))
		return tracking_refuse(&acting, &contact, SOURCE, VERSION, err) && reply_data(x, leaver, DID_REFUSE, err);
	for (int i = 0; i < ASKED; i++)
		if (text_same(action, asked[i].name) && !ask(x, &contact, asked[i].purpose, err))
			return false;
	return reply_data(x, leaver, DID_ASK, err);
}
