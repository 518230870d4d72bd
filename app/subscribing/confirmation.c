/* Confirmations. */
#include "subscribing/confirmation.h"

#include <string.h>

#include "answering/link_keys.h"
#include "audience/contacts/joining.h"
#include "audience/contacts/leaving.h"
#include "audience/contacts/suppressing.h"
#include "audience/lists/own_list.h"
#include "connections/connection.h"
#include "core/base/lease.h"
#include "core/base/secret.h"
#include "core/store/rate_limit.h"
#include "core/store/version.h"
#include "subscribing/confirmation_mail.h"
#include "subscribing/own_data.h"
#include "subscribing/signup.h"

static const char CONFIRMATIONS[] = "confirmations";

static const char *const purpose_names[] = {
	[CONFIRM_EMAILS] = "emails",
	[CONFIRM_TRACKING] = "tracking",
	[CONFIRM_EXPORT] = "export",
	[CONFIRM_ERASURE] = "erasure",
};
const struct choices confirm_purposes = CHOICES(purpose_names);

static const struct field fields[] = {
	FIELD(struct confirmation, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct confirmation, purpose, .choices = &confirm_purposes),
	FIELD(struct confirmation, email),
	FIELD(struct confirmation, contact_id, .flags = FIELD_ID),
	FIELD(struct confirmation, list_ids, .flags = FIELD_ID),
	FIELD(struct confirmation, what),
	FIELD(struct confirmation, source),
	FIELD(struct confirmation, text),
	FIELD(struct confirmation, is_signup),
	FIELD_RECORD(struct confirmation, person, contact_request_record),
	FIELD(struct confirmation, given),
	FIELD(struct confirmation, asked_by),
	FIELD(struct confirmation, asked_at),
	FIELD(struct confirmation, expires_at),
	FIELD(struct confirmation, confirmed_at),
};
const struct record_type confirmation_record = RECORD_TYPE("Confirmation", struct confirmation, fields);

int confirmation_days(unsigned purpose) {
	return purpose == CONFIRM_EMAILS ? CONFIRMATION_DAYS : CONFIRMATION_DATA_DAYS;
}

/* --- asking --- */

/* Pure. "m.lind+shop@x.example" gives "mlind@x.example": what many providers deliver to one mailbox has one turn. Two
 * people who share it by chance wait an hour at most. */
static const char *mailbox_of(const char *email, struct arena *arena) {
	const char *at = strrchr(email, '@');
	BUF_AUTO mailbox = { 0 };
	if (!at)
		return email;
	for (const char *letter = email; letter < at && (*letter != '+' || letter == email); letter++)
		if (*letter != '.')
			buf_add(&mailbox, letter, 1);
	buf_print(&mailbox, "%s", at);
	return arena_copy(arena, buf_text(&mailbox));
}

bool confirmation_can_send(struct store *store, const struct settings *settings, struct arena *arena, bool *can,
                           struct error *err) {
	struct rows connections;
	if (!connection_list(store, arena, &connections, err))
		return false;
	const struct connection *usual = connection_for_email(&connections);
	*can = usual && !(text_is_empty(usual->from_email) && text_is_empty(settings->smtp_from)) &&
	       !text_is_empty(settings->link_keys);
	return true;
}

/* By a digest, as the address of somebody who may be nobody's contact is not to stay behind. */
static bool take_turn(const struct acting *acting, const char *email, bool *taken, struct error *err) {
	char digest[SECRET_HEX];
	int count;
	int64_t wait_ms;
	secret_mac(acting->settings->secret_key, mailbox_of(email, acting->arena), digest);
	const struct rate_limit limit = { .name = arena_print(acting->arena, "confirm:%s", digest),
		                              .capacity = CONFIRMATIONS_AN_HOUR,
		                              .per_second = (double)CONFIRMATIONS_AN_HOUR / 3600,
		                              .alike = true };
	*taken = false;
	if (!rate_limit_take(acting->store, &limit, 1, &count, &wait_ms, err))
		return false;
	*taken = count > 0;
	return true;
}

static bool remove_it(struct store *store, const char *id, struct error *err) {
	int64_t deleted;
	return store_delete(store, CONFIRMATIONS, FILTER(by_id(id)), &deleted, err);
}

/* What is wrong is wrong with us. */
static bool mail_it(const struct acting *acting, const struct confirmation *confirmation, bool really,
                    struct error *err) {
	if (confirmation_mail(acting, confirmation, really, err))
		return true;
	if (err->kind == ERROR_INVALID)
		err->kind = ERROR_UNAVAILABLE;
	return false;
}

/* Of whom nothing is to be stored: a row of nobody, which is over, so that asking takes as long as for others. */
static struct confirmation nobodys(const struct confirmation *confirmation) {
	struct confirmation row = *confirmation;
	row.email = row.contact_id = NULL;
	row.is_signup = false;
	record_clear(&contact_request_record, &row.person);
	row.given.count = row.list_ids.count = 0;
	row.confirmed_at = row.expires_at = row.asked_at;
	return row;
}

/* The row comes first: a link is never of nothing. */
static bool send(const struct acting *acting, const struct confirmation *confirmation, bool really, bool *asked,
                 struct error *err) {
	struct error ignored = ERROR_INIT;
	const struct confirmation row = really ? *confirmation : nobodys(confirmation);
	if (!store_insert(acting->store, CONFIRMATIONS, &confirmation_record, &row, err))
		return false;
	if (mail_it(acting, confirmation, really, err)) {
		*asked = really;
		return true;
	}
	bool is_suppressed = err->kind == ERROR_CONFLICT;
	return remove_it(acting->store, confirmation->id, &ignored) && is_suppressed;
}

/* Whoever gets no mail fails as others do: when there are too many in a minute, or none can be sent. */
bool confirmation_ask(const struct acting *acting, struct confirmation *confirmation, bool *asked, struct error *err) {
	const char *why;
	bool taken;
	*asked = false;
	confirmation->id = store_new_id(acting->arena);
	confirmation->asked_at = acting->now;
	confirmation->expires_at = moment_add(acting->now, confirmation_days(confirmation->purpose) * DAY_MS);
	confirmation->confirmed_at = MOMENT_NONE;
	if (!take_turn(acting, confirmation->email, &taken, err) ||
	    !single_mail_check(acting->store, confirmation->email, acting->arena, &why, err))
		return false;
	return send(acting, confirmation, taken && !why, asked, err);
}

/* --- confirming --- */

bool confirmation_look(const struct acting *acting, const char *token, struct confirmation *confirmation,
                       enum confirmation_state *state, struct error *err) {
	struct token said;
	bool found;
	if (!link_token(acting->settings, TOKEN_CONFIRM, token, &said, err) ||
	    !store_find(acting->store, CONFIRMATIONS, FILTER(by_id(said.confirmation_id)), NULL, &confirmation_record,
	                acting->arena, confirmation, &found, err))
		return false;
	*state = !found                                      ? CONFIRMATION_OVER
	         : moment_is_set(confirmation->confirmed_at) ? CONFIRMATION_DONE
	         : lease_counts(confirmation->expires_at, confirmation_days(confirmation->purpose) * DAY_MS, acting->now)
	             ? CONFIRMATION_OPEN
	             : CONFIRMATION_OVER;
	return true;
}

static bool find_by_address(const struct acting *acting, const struct confirmation *confirmation,
                            struct contact *contact, bool *found, struct error *err) {
	struct contact *contacts;
	int count;
	*found = false;
	if (!contact_find_by_addresses(acting->store, &(struct strings){ (const char **)&confirmation->email, 1 },
	                               acting->arena, &contacts, &count, err))
		return false;
	return count == 0 || contact_find(acting->store, contacts[0].id, acting->arena, contact, found, err);
}

/* Whoever signs up may have become a contact meanwhile, also by another such link. */
static bool sign_up(const struct acting *acting, const struct confirmation *confirmation, struct contact *contact,
                    bool *found, struct error *err) {
	struct contact_saying saying = { .given = confirmation->given, .source = SOURCE_FORM, .now = acting->now };
	struct error why = ERROR_INIT;
	if (!find_by_address(acting, confirmation, contact, found, err))
		return false;
	if (*found)
		return true;
	if (!definition_list(acting->store, acting->arena, &saying.definitions, err))
		return false;
	if (!contact_create(acting->store, store_new_id(acting->arena), &confirmation->person, &saying, acting->arena,
	                    &why) &&
	    why.kind != ERROR_CONFLICT) {
		*err = why;
		return false;
	}
	return find_by_address(acting, confirmation, contact, found, err);
}

/* The address was shown to be theirs; another one that somebody has given them since was not. */
bool confirmation_person(const struct acting *acting, const struct confirmation *confirmation, struct contact *contact,
                         bool *found, struct error *err) {
	*found = false;
	if (confirmation->is_signup)
		return sign_up(acting, confirmation, contact, found, err);
	if (!confirmation->contact_id)
		return true;
	if (!contact_find(acting->store, confirmation->contact_id, acting->arena, contact, found, err))
		return false;
	*found = *found && text_same(contact_norm(acting->arena, contact->email), confirmation->email);
	return true;
}

static bool join_list(const struct acting *acting, const char *list_id, const char *contact_id, struct error *err) {
	const struct joining joining = { .list_id = list_id, .status = CONTACT_SUBSCRIBED, .now = acting->now };
	struct list list;
	bool found;
	int64_t added;
	if (!list_find(acting->store, list_id, acting->arena, &list, &found, err))
		return false;
	if (!found || list.list_type != LIST_STATIC)
		return true; /* it was deleted meanwhile */
	return joining_add(acting->store, &joining, &(struct strings){ &contact_id, 1 }, acting->arena, &added, err) &&
	       joining_set_status(acting->store, list_id, contact_id, CONTACT_SUBSCRIBED, acting->now, acting->arena, err);
}

static bool leave_list(const struct acting *acting, const char *list_id, const char *contact_id, struct error *err) {
	struct list list;
	bool found;
	if (!list_find(acting->store, list_id, acting->arena, &list, &found, err))
		return false;
	if (!found)
		return true;
	if (list.list_type == LIST_STATIC)
		return joining_set_status(acting->store, list.id, contact_id, CONTACT_UNSUBSCRIBED, acting->now, acting->arena,
		                          err) ||
		       err->kind == ERROR_MISSING;
	const struct leaving leaving = { list.id, list.name, NULL, acting->now };
	return contact_leave(acting->store, contact_id, &leaving, acting->arena, err);
}

/* Whoever had unsubscribed from everything and now signs up for one list does not want all the others back. */
static bool keep_out(const struct acting *acting, const struct confirmation *confirmation,
                     const struct contact *contact, struct error *err) {
	if (!confirmation->is_signup || !moment_is_set(contact->unsubscribed_at))
		return true;
	for (int i = 0; i < contact->subscribed_ids.count; i++)
		if (!strings_have(&confirmation->list_ids, contact->subscribed_ids.items[i]) &&
		    !leave_list(acting, contact->subscribed_ids.items[i], contact->id, err))
			return false;
	return true;
}

/* What they had said before is taken back; what others said, a bounce or a complaint, stays. */
static bool lift(const struct acting *acting, const struct contact *contact, struct error *err) {
	const struct suppression_note why = { .at = acting->now,
		                                  .evidence = "Confirmed by the link in an email",
		                                  .source = SUPPRESSED_BY_THEM };
	return !moment_is_set(contact->unsubscribed_at) ||
	       contact_resubscribe(acting->store, contact->id, &why, acting->arena, err);
}

/* The consent, and what they typed where nothing was known: who typed it is not shown to be who confirms. */
static bool agree(const struct acting *acting, const struct confirmation *confirmation, const struct contact *contact,
                  struct error *err) {
	struct contact_request request = confirmation->person;
	struct contact_saying saying = { .source = SOURCE_FORM, .now = acting->now };
	signup_missing(contact, &confirmation->given, acting->arena, &request, &saying.given);
	request.consent = (struct consent){ confirmation->source, confirmation->text, acting->now };
	request.rev = COUNT_NONE;
	saying.given.items[saying.given.count++] = "consent";
	return definition_list(acting->store, acting->arena, &saying.definitions, err) &&
	       contact_change(acting->store, contact->id, &request, &saying, acting->arena, err);
}

static bool apply(const struct acting *acting, const struct confirmation *confirmation, const struct contact *contact,
                  struct error *err) {
	if (!keep_out(acting, confirmation, contact, err) || !lift(acting, contact, err))
		return false;
	for (int i = 0; i < confirmation->list_ids.count; i++)
		if (!join_list(acting, confirmation->list_ids.items[i], contact->id, err))
			return false;
	return agree(acting, confirmation, contact, err) && version_bump(acting->store, REALM_PEOPLE, err);
}

static bool allow_tracking(const struct acting *acting, const struct confirmation *confirmation,
                           const struct contact *contact, struct error *err) {
	const struct tracking tracking = { TRACKING_GRANTED, confirmation->source, confirmation->text, acting->now };
	return tracking_say(acting, contact->id, &tracking, err);
}

/* Whoever was taken off the list since they were asked is not put there again. */
static bool is_wanted(const struct confirmation *confirmation, const struct contact *contact) {
	return confirmation->purpose != CONFIRM_EMAILS || !confirmation->asked_by ||
	       strings_have(&contact->list_ids, confirmation->list_ids.items[0]);
}

bool confirmation_confirm(const struct acting *acting, const struct confirmation *confirmation,
                          enum confirmation_state *state, struct error *err) {
	struct contact contact;
	bool found, matched;
	*state = CONFIRMATION_OVER;
	if (!confirmation_person(acting, confirmation, &contact, &found, err))
		return false;
	if (!found || !is_wanted(confirmation, &contact))
		return true;
	/* Marked last: whoever is killed in between finds it open, and all of it may be done again. */
	if (!(confirmation->purpose == CONFIRM_TRACKING ? allow_tracking(acting, confirmation, &contact, err)
	                                                : apply(acting, confirmation, &contact, err)) ||
	    !store_update(acting->store, CONFIRMATIONS, FILTER(by_id(confirmation->id)),
	                  UPDATE(set_moment("confirmed_at", acting->now)), &matched, err))
		return false;
	*state = CONFIRMATION_DONE;
	return true;
}

bool confirmation_take(const struct acting *acting, const struct confirmation *confirmation, bool *taken,
                       struct error *err) {
	return store_update(acting->store, CONFIRMATIONS, FILTER(by_id(confirmation->id), is_absent("confirmed_at")),
	                    UPDATE(set_moment("confirmed_at", acting->now)), taken, err);
}

/* --- afterwards --- */

enum { OPEN_MAX = 20000 };

bool confirmations_open(const struct acting *acting, const char *list_id, const struct strings *contact_ids,
                        struct confirmation **open, int *count, struct error *err) {
	return store_list(acting->store, CONFIRMATIONS,
	                  FILTER(in_ids("contact_id", contact_ids), eq_id("list_ids", list_id), is_absent("confirmed_at"),
	                         gt_moment("expires_at", acting->now)),
	                  SORT(desc("asked_at"), desc("_id")), OPEN_MAX, &confirmation_record, acting->arena, (void **)open,
	                  count, err);
}

bool confirmations_of(struct store *store, const char *contact_id, const char *norm, struct arena *arena,
                      struct confirmation **rows, int *count, struct error *err) {
	return store_list(store, CONFIRMATIONS, FILTER(ANY_OF(eq_id("contact_id", contact_id), eq_text("email", norm))),
	                  SORT(asc("asked_at"), asc("_id")), OPEN_MAX, &confirmation_record, arena, (void **)rows, count,
	                  err);
}

/* What was asked before anybody had the address names nobody but it. */
bool confirmation_drop(struct store *store, const struct contact *contact, const char *list_id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const char *norm = contact_norm(arena, contact->email);
	int64_t deleted;
	return store_delete(store, CONFIRMATIONS,
	                    FILTER(ANY_OF(eq_id("contact_id", contact->id), eq_text("email", norm)),
	                           list_id ? eq_id("list_ids", list_id) : anything(), is_absent("confirmed_at"),
	                           ANY_OF(is_absent("purpose"), eq_choice("purpose", &confirm_purposes, CONFIRM_EMAILS))),
	                    &deleted, err);
}

bool confirmations_forget(struct store *store, const struct strings *contact_ids, const struct strings *norms,
                          struct error *err) {
	int64_t deleted;
	return store_delete(store, CONFIRMATIONS,
	                    FILTER(ANY_OF(in_ids("contact_id", contact_ids), in_texts("email", norms))), &deleted, err);
}
