/* Asking whoever is pending. */
#include "subscribing/pending.h"

#include <stdlib.h>
#include <string.h>

#include "audience/contacts/mailable.h"
#include "audience/lists/own_list.h"

static const char *const names[] = {
	[PENDING_MAY] = "may_be_asked",      [PENDING_WAITS] = "asked_before",
	[PENDING_NO_ADDRESS] = "no_address", [PENDING_INACTIVE] = "inactive",
	[PENDING_SUPPRESSED] = "suppressed", [PENDING_UNSUBSCRIBED] = "unsubscribed",
	[PENDING_BAD_DOMAIN] = "bad_domain", [PENDING_TOO_OFTEN] = "asked_too_often",
};
const struct choices pending_verdicts = CHOICES(names);

const char *const pending_verdict_labels[PENDING_VERDICTS] = {
	[PENDING_MAY] = "Not asked yet",
	[PENDING_WAITS] = "Asked, not confirmed yet",
	[PENDING_NO_ADDRESS] = "No email address",
	[PENDING_INACTIVE] = "Not active",
	[PENDING_SUPPRESSED] = "Suppressed",
	[PENDING_UNSUBSCRIBED] = "Unsubscribed from everything",
	[PENDING_BAD_DOMAIN] = "Domain takes no email",
	[PENDING_TOO_OFTEN] = "Asked too often within an hour",
};

enum pending_verdict pending_judge(const struct contact *contact, bool validate_domains) {
	return text_is_empty(contact->email)             ? PENDING_NO_ADDRESS
	       : !contact->is_active                     ? PENDING_INACTIVE
	       : moment_is_set(contact->unsubscribed_at) ? PENDING_UNSUBSCRIBED
	       : contact->suppressed                     ? PENDING_SUPPRESSED
	       : validate_domains && contact->bad_domain ? PENDING_BAD_DOMAIN
	                                                 : PENDING_MAY;
}

/* --- who is pending --- */

static const struct field member_fields[] = {
	FIELD(struct contact, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct contact, email),
	FIELD(struct contact, unsubscribed_at),
	FIELD(struct contact, is_active, .flags = FIELD_TRUE),
	FIELD(struct contact, suppressed),
	FIELD(struct contact, bad_domain),
};
static const struct record_type member_record = RECORD_TYPE("PendingMember", struct contact, member_fields);

static bool find_members(const struct acting *acting, const char *list_id, struct contact **members, int *count,
                         struct error *err) {
	return store_list(acting->store, "contacts",
	                  FILTER(eq_id("list_ids", list_id), ne_id("subscribed_ids", list_id),
	                         ne_id("unsubscribed_ids", list_id)),
	                  SORT(asc("email_norm")), PENDING_LOOK + 1, &member_record, acting->arena, (void **)members, count,
	                  err);
}

static int by_contact(const void *a, const void *b) {
	const struct confirmation *one = a, *other = b;
	int order = strcmp(one->contact_id, other->contact_id);
	return order ? order : (one->asked_at.ms < other->asked_at.ms) - (one->asked_at.ms > other->asked_at.ms);
}

static int of_contact(const void *key, const void *row) {
	return strcmp(key, ((const struct confirmation *)row)->contact_id);
}

/* What waits for them: the newest of each comes first. */
static void mark_waiting(struct pending_people *people, struct confirmation *open, int open_count) {
	if (open_count > 0)
		qsort(open, (size_t)open_count, sizeof *open, by_contact);
	for (int i = 0; i < people->count; i++) {
		struct pending_person *one = &people->items[i];
		const struct confirmation *found = open_count ? bsearch(one->contact_id, open, (size_t)open_count, sizeof *open,
		                                                        of_contact)
		                                              : NULL;
		while (found && found > open && text_same(found[-1].contact_id, one->contact_id))
			found--;
		if (found && one->verdict == PENDING_MAY) {
			one->verdict = PENDING_WAITS;
			one->asked_at = found->asked_at;
		}
	}
}

static void count(struct pending_people *people) {
	memset(people->counts, 0, sizeof people->counts);
	for (int i = 0; i < people->count; i++)
		people->counts[people->items[i].verdict]++;
}

bool pending_read(const struct acting *acting, const char *list_id, struct pending_people *people, struct error *err) {
	struct contact *members;
	struct confirmation *open;
	struct strings ids;
	int member_count, open_count;
	if (!find_members(acting, list_id, &members, &member_count, err))
		return false;
	ids = (struct strings){ arena_array(acting->arena, const char *, (size_t)member_count + 1), 0 };
	for (int i = 0; i < member_count; i++)
		ids.items[ids.count++] = members[i].id;
	if (!confirmations_open(acting, list_id, &ids, &open, &open_count, err))
		return false;
	*people = (struct pending_people){ .is_part = member_count > PENDING_LOOK };
	people->count = people->is_part ? PENDING_LOOK : member_count;
	people->items = arena_array(acting->arena, struct pending_person, (size_t)people->count + 1);
	for (int i = 0; i < people->count; i++)
		people->items[i] = (struct pending_person){ members[i].id, members[i].email,
			                                        pending_judge(&members[i], acting->settings->validate_domains),
			                                        MOMENT_NONE };
	mark_waiting(people, open, open_count);
	count(people);
	return true;
}

/* --- asking --- */

static bool need_sender(const struct acting *acting, struct error *err) {
	bool can;
	return confirmation_can_send(acting->store, acting->settings, acting->arena, &can, err) &&
	       (can || error_set(err, ERROR_CONFLICT, "Nothing can be sent yet: set a mail server with a sender first"));
}

static bool ask(const struct acting *acting, const struct list *list, const char *contact_id, const char *email,
                bool *asked, struct error *err) {
	struct confirmation confirmation = {
		.email = contact_norm(acting->arena, email),
		.contact_id = contact_id,
		.list_ids = { (const char *[]){ list->id }, 1 },
		.what = list_shown_name(list),
		.source = arena_print(acting->arena, "Put on “%.100s” here, and confirmed by the link in an email", list->name),
		.text = "You will get these emails (page of the link, version 2)",
		.asked_by = acting->by,
	};
	return confirmation_ask(acting, &confirmation, asked, err);
}

/* The limit of emails a minute is no failure of those who were asked before it. */
static bool ask_next(const struct acting *acting, const struct list *list, struct pending_person *person, bool *goes_on,
                     struct error *err) {
	struct error why = ERROR_INIT;
	bool asked;
	*goes_on = true;
	if (ask(acting, list, person->contact_id, person->email, &asked, &why)) {
		person->verdict = asked ? PENDING_WAITS : PENDING_TOO_OFTEN;
		person->asked_at = acting->now;
		return true;
	}
	*goes_on = false;
	if (why.kind == ERROR_LIMITED)
		return true;
	*err = why;
	return false;
}

bool pending_ask(const struct acting *acting, const struct list *list, struct pending_people *people, int64_t *asked,
                 struct error *err) {
	const int64_t began = monotonic_ms();
	bool goes_on = true;
	int tries = 0;
	*asked = 0;
	if (!need_sender(acting, err))
		return false;
	for (int i = 0; i < people->count && goes_on; i++) {
		if (people->items[i].verdict != PENDING_MAY)
			continue;
		if (tries++ == PENDING_AT_ONCE || monotonic_ms() - began > PENDING_MS)
			break;
		if (!ask_next(acting, list, &people->items[i], &goes_on, err))
			return false;
		*asked += people->items[i].verdict == PENDING_WAITS;
	}
	count(people);
	return true;
}

static bool was_just_asked(const struct acting *acting, const struct list *list, const char *contact_id, bool *was,
                           struct error *err) {
	struct confirmation *open;
	int open_count;
	if (!confirmations_open(acting, list->id, &(struct strings){ &contact_id, 1 }, &open, &open_count, err))
		return false;
	*was = open_count > 0 && acting->now.ms - open[0].asked_at.ms < MINUTE_MS;
	return true;
}

static bool is_pending(const struct list *list, const struct contact *contact) {
	return strings_have(&contact->list_ids, list->id) && !strings_have(&contact->subscribed_ids, list->id) &&
	       !strings_have(&contact->unsubscribed_ids, list->id);
}

bool pending_ask_one(const struct acting *acting, const struct list *list, const struct contact *contact,
                     struct error *err) {
	static const char *const why[PENDING_VERDICTS] = {
		[PENDING_NO_ADDRESS] = "they have no email address",
		[PENDING_INACTIVE] = "the contact is not active",
		[PENDING_SUPPRESSED] = "nothing is sent to a suppressed address",
		[PENDING_UNSUBSCRIBED] = "they have unsubscribed from everything",
		[PENDING_BAD_DOMAIN] = "the domain of the address takes no email",
	};
	const enum pending_verdict verdict = pending_judge(contact, acting->settings->validate_domains);
	bool asked, was;
	if (!is_pending(list, contact))
		return error_set(err, ERROR_CONFLICT, "This contact is not pending on the list: there is nothing to confirm");
	if (verdict != PENDING_MAY)
		return error_set(err, ERROR_CONFLICT, "No confirmation was sent: %s", why[verdict]);
	if (!need_sender(acting, err) || !was_just_asked(acting, list, contact->id, &was, err))
		return false;
	if (was)
		return true;
	return ask(acting, list, contact->id, contact->email, &asked, err) &&
	       (asked ||
	        error_limited(err, HOUR_MS / CONFIRMATIONS_AN_HOUR,
	                      "No confirmation was sent: %d went to this address within an hour", CONFIRMATIONS_AN_HOUR));
}
