/* Confirming. GET changes nothing; the button's POST confirms, whatever its body says. */
#include "subscribing/confirm_pages.h"

#include "answering/unsubscribing.h"
#include "core/formats/json.h"
#include "dispatch/acting_pages.h"
#include "subscribing/confirmation_mail.h"

static const struct confirm_deeds *deeds;

void confirm_use(const struct confirm_deeds *those) {
	deeds = those;
}

static const char *const titles[CONFIRM_PURPOSES] = {
	[CONFIRM_EMAILS] = "Confirm",
	[CONFIRM_TRACKING] = "Opens and clicks",
	[CONFIRM_EXPORT] = "What is stored about you",
	[CONFIRM_ERASURE] = "Erase everything about you",
};

/* How things stand is one of is_open, is_done and is_over; what it is about one of emails, tracking, export, erasure.
 */
static bool reply_state(struct exchange *x, const struct confirmation *confirmation, enum confirmation_state state,
                        struct error *err) {
	struct value *view = value_map(x->arena);
	bool is_known = state != CONFIRMATION_OVER;
	unsigned purpose = is_known ? confirmation->purpose : CONFIRM_EMAILS;
	value_put_bool(view, "is_open", state == CONFIRMATION_OPEN);
	value_put_bool(view, "is_done", state == CONFIRMATION_DONE);
	value_put_bool(view, "is_over", state == CONFIRMATION_OVER);
	for (int i = 0; i < CONFIRM_PURPOSES; i++)
		value_put_bool(view, choice_name(&confirm_purposes, i), is_known && (unsigned)i == purpose);
	value_put_text(view, "list", is_known ? confirmation->what : NULL);
	value_put_text(view, "email", is_known ? leaver_masked(confirmation->email, x->arena) : NULL);
	value_put_text(view, "organisation", confirmation_us(x->settings));
	value_put_int(view, "days", CONFIRMATION_DAYS);
	value_put_int(view, "data_days", CONFIRMATION_DATA_DAYS);
	if (!reply_page(x, "subscribing/confirm", titles[purpose], NULL, view, err))
		return false;
	x->status = is_known ? 200 : 410;
	return true;
}

static bool show(struct exchange *x, struct error *err) {
	const struct acting acting = acting_of(x);
	struct confirmation confirmation;
	enum confirmation_state state;
	return confirmation_look(&acting, x->values[0], &confirmation, &state, err) &&
	       reply_state(x, &confirmation, state, err);
}

/* Read first, and then the link is used up: whoever gets nothing may press again. */
static bool hand_over(struct exchange *x, const struct acting *acting, const struct confirmation *confirmation,
                      const struct contact *contact, struct error *err) {
	struct value *all;
	BUF_AUTO out = { 0 };
	bool taken;
	if (!deeds->everything(x->store, contact, x->now, x->arena, &all, err) ||
	    !confirmation_take(acting, confirmation, &taken, err))
		return false;
	if (!taken)
		return reply_state(x, confirmation, CONFIRMATION_DONE, err);
	json_write(&out, all);
	reply_header(x, "Content-Disposition", "attachment; filename=\"your-data.json\"");
	return reply_bytes(x, "application/json; charset=utf-8", buf_text(&out), out.size);
}

/* The confirmation goes with all the rest. */
static bool erase(struct exchange *x, const struct confirmation *confirmation, const struct contact *contact,
                  struct error *err) {
	return deeds->erase(x->store, contact->id, x->now, x->arena, err) &&
	       reply_state(x, confirmation, CONFIRMATION_DONE, err);
}

static bool act(struct exchange *x, const struct acting *acting, const struct confirmation *confirmation,
                struct error *err) {
	enum confirmation_state state = CONFIRMATION_OVER;
	struct contact contact;
	bool found;
	if (confirmation->purpose == CONFIRM_EMAILS || confirmation->purpose == CONFIRM_TRACKING)
		return confirmation_confirm(acting, confirmation, &state, err) && reply_state(x, confirmation, state, err);
	if (!confirmation_person(acting, confirmation, &contact, &found, err))
		return false;
	if (!found)
		return reply_state(x, confirmation, CONFIRMATION_OVER, err);
	return confirmation->purpose == CONFIRM_EXPORT ? hand_over(x, acting, confirmation, &contact, err)
	                                               : erase(x, confirmation, &contact, err);
}

static bool confirm(struct exchange *x, struct error *err) {
	const struct acting acting = acting_of(x);
	struct confirmation confirmation;
	enum confirmation_state state;
	if (!confirmation_look(&acting, x->values[0], &confirmation, &state, err))
		return false;
	return state == CONFIRMATION_OPEN ? act(x, &acting, &confirmation, err) : reply_state(x, &confirmation, state, err);
}

const struct route confirm_routes[] = {
	{ "GET", "/confirm/:token", GUARD_LINK, show, .lenient = true },
	{ "POST", "/confirm/:token", GUARD_LINK, confirm, .lenient = true },
	{ 0 },
};
