/* Contacts: rules and storage. */
#include "audience/contacts/contact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audience/contacts/alias.h"
#include "audience/contacts/gather.h"
#include "audience/contacts/suppressing.h"

static const char CONTACTS[] = "contacts";

static const struct field engagement_fields[] = {
	FIELD(struct engagement, opened, .unit = "campaigns", .doc = "Those that are gone count, too"),
	FIELD(struct engagement, clicked, .unit = "campaigns"),
	FIELD(struct engagement, bounced, .unit = "campaigns"),
	FIELD(struct engagement, unsubscribed, .unit = "campaigns"),
	FIELD(struct engagement, complained, .unit = "campaigns"),
	FIELD(struct engagement, last_opened_at),
	FIELD(struct engagement, last_clicked_at),
	FIELD(struct engagement, last_event_at),
};
static const struct record_type engagement_record = RECORD_TYPE("Engagement", struct engagement, engagement_fields);

static const struct field contact_fields[] = {
	FIELD(struct contact, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct contact, email),
	FIELD(struct contact, email_norm, .flags = FIELD_PRIVATE),
	FIELD(struct contact, search, .flags = FIELD_PRIVATE),
	FIELD(struct contact, status, .choices = &contact_statuses, .flags = FIELD_FOREIGN),
	FIELD(struct contact, list_ids, .flags = FIELD_ID),
	FIELD(struct contact, subscribed_ids, .flags = FIELD_ID),
	FIELD(struct contact, unsubscribed_ids, .flags = FIELD_ID),
	FIELD(struct contact, tags),
	FIELD_AS(struct contact, profile.first_name, "first_name"),
	FIELD_AS(struct contact, profile.last_name, "last_name"),
	FIELD_AS(struct contact, profile.company, "company"),
	FIELD_AS(struct contact, profile.job_title, "job_title"),
	FIELD_AS(struct contact, profile.location, "location"),
	FIELD_AS(struct contact, profile.phone, "phone"),
	FIELD_AS(struct contact, profile.custom_fields, "custom_fields", .flags = FIELD_OBJECT),
	FIELD_AS(struct contact, profile.first_name_fold, "first_name_fold", .flags = FIELD_PRIVATE),
	FIELD_AS(struct contact, profile.last_name_fold, "last_name_fold", .flags = FIELD_PRIVATE),
	FIELD_AS(struct contact, profile.company_fold, "company_fold", .flags = FIELD_PRIVATE),
	FIELD_AS(struct contact, profile.job_title_fold, "job_title_fold", .flags = FIELD_PRIVATE),
	FIELD_AS(struct contact, profile.location_fold, "location_fold", .flags = FIELD_PRIVATE),
	FIELD(struct contact, domain, .flags = FIELD_PRIVATE),
	{ .name = "attributes",
	  .type = FIELD_ROWS,
	  .offset = offsetof(struct contact, profile.attributes),
	  .record = &attribute_record,
	  .flags = FIELD_PRIVATE },
	FIELD_RECORD(struct contact, own, own_record, .flags = FIELD_PRIVATE),
	FIELD(struct contact, source, .choices = &contact_sources),
	FIELD(struct contact, unsubscribed_at, .doc = "From everything, here"),
	FIELD(struct contact, is_active, .flags = FIELD_TRUE, .doc = "False: nothing is sent to them"),
	FIELD(struct contact, suppressed, .doc = "Why nothing is sent to the address: complained, bounced, manual …"),
	FIELD(struct contact, phone_suppressed, .doc = "The same for the phone number"),
	FIELD(struct contact, fewer_at, .doc = "Since when they want at most one campaign email in 7 days"),
	FIELD(struct contact, fewer_last_at, .doc = "When the last campaign was sent to them since"),
	FIELD(struct contact, fewer_campaign_id, .flags = FIELD_ID | FIELD_PRIVATE),
	FIELD_RECORD(struct contact, consent, consent_record, .doc = "To be mailed; known if it has a source"),
	FIELD_RECORD(struct contact, tracking, tracking_record, .doc = "Whether opens and clicks are kept with the name"),
	FIELD(struct contact, unproven, .doc = "Nothing says that they agreed to be mailed"),
	FIELD(struct contact, bad_domain, .doc = "The domain of the address accepts no email"),
	FIELD(struct contact, created_at),
	FIELD(struct contact, last_updated_at),
	FIELD_RECORD(struct contact, engagement, engagement_record),
	FIELD(struct contact, customer_id),
	FIELD(struct contact, customer_link, .doc = "email, key or manual"),
	FIELD(struct contact, usage_segment),
	FIELD(struct contact, customer_groups),
	FIELD(struct contact, rev, .flags = FIELD_REVISION),
	FIELD(struct contact, joins, .flags = FIELD_PRIVATE),
};
const struct record_type contact_record = RECORD_TYPE("Contact", struct contact, contact_fields);

static const struct field name_fields[] = {
	FIELD(struct contact, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct contact, email),
	FIELD(struct contact, email_norm),
};
static const struct record_type name_record = RECORD_TYPE("ContactName", struct contact, name_fields);

static bool drop_people(struct store *store, const struct strings *ids, struct error *err) {
	int64_t deleted;
	return ids->count == 0 || store_delete(store, CONTACTS, FILTER(in_ids("_id", ids)), &deleted, err);
}

/* Those whom others are moved to must be there first: if this is interrupted, they are found by their addresses. */
static bool insert_people(struct store *store, const struct page_people *people, struct error *err) {
	struct bulk *bulk = bulk_open(store, CONTACTS);
	for (int i = 0; i < people->ids.count; i++) {
		if (strings_have(&people->typed, people->ids.items[i]))
			continue;
		const struct contact fresh = { .id = people->ids.items[i],
			                           .email_norm = people->norms.items[i],
			                           .is_active = true,
			                           .engagement = ENGAGEMENT_NONE };
		bulk_upsert(bulk, FILTER(by_id(fresh.id)),
		            UPDATE(set_text("email_norm", fresh.email_norm),
		                   set_when_new(&contact_record, &fresh, ONLY("engagement", "is_active"))));
	}
	return bulk_run(bulk, NULL, err);
}

bool contact_prepare(struct store *store, struct membership *rows, int count, struct arena *arena,
                     struct page_people *people, struct error *err) {
	bool moves = false;
	if (!contact_identify(store, rows, count, arena, people, err))
		return false;
	for (int i = 0; i < count; i++)
		moves = moves || rows[i].moved_from;
	return !moves || insert_people(store, people, err);
}

/* What was said here about those who left goes to their heirs, who count first. An interrupted page is saved again:
 * that merges the same once more. */
static bool hand_on(struct store *store, const struct page_people *people, struct arena *arena, struct error *err) {
	struct person *left, *heirs;
	int left_count, heir_count;
	bool matched, fine = true;
	if (people->left.count == 0)
		return true;
	if (!gather_find(store, &people->left, arena, &left, &left_count, err) ||
	    !gather_find(store, &people->heirs, arena, &heirs, &heir_count, err))
		return false;
	for (int i = 0; fine && i < people->left.count; i++) {
		const struct person *from = gather_person(left, left_count, people->left.items[i]),
							*to = gather_person(heirs, heir_count, people->heirs.items[i]);
		if (!from || !to || !own_is_any(&from->own))
			continue;
		const struct own both = own_merge(&to->own, &from->own, arena);
		fine = store_update(store, CONTACTS, FILTER(by_id(to->id)),
		                    UPDATE(set_nested("own", &own_record, &both), add_count("rev", 1)), &matched, err);
	}
	return fine;
}

bool contact_save(struct store *store, const struct membership *rows, int count, const struct page_people *people,
                  struct arena *arena, struct error *err) {
	struct strings before = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		if (rows[i].moved_from && !strings_have(&before, rows[i].moved_from) &&
		    !strings_have(&people->left, rows[i].moved_from))
			before.items[before.count++] = rows[i].moved_from;
	return hand_on(store, people, arena, err) && drop_people(store, &people->left, err) &&
	       membership_save(store, rows, count, err) && contact_suppress_reported(store, rows, count, arena, err) &&
	       (people->ids.count == 0 || gather_people(store, &people->ids, &people->norms, arena, err)) &&
	       (before.count == 0 || gather_people(store, &before, NULL, arena, err));
}

bool contact_save_page(struct store *store, struct membership *rows, int count, struct arena *arena,
                       struct error *err) {
	struct page_people people;
	return contact_prepare(store, rows, count, arena, &people, err) &&
	       contact_save(store, rows, count, &people, arena, err);
}

/* The one into which it was merged. */
static bool find_merged(struct store *store, const char *id, struct arena *arena, struct contact *contact, bool *found,
                        struct error *err) {
	const char *into;
	return alias_of_id(store, id, arena, &into, err) &&
	       (!into ||
	        store_find(store, CONTACTS, FILTER(by_id(into)), NULL, &contact_record, arena, contact, found, err));
}

bool contact_find(struct store *store, const char *id, struct arena *arena, struct contact *contact, bool *found,
                  struct error *err) {
	id = text_after(id, "contact_");
	if (!store_find(store, CONTACTS, FILTER(by_id(id)), NULL, &contact_record, arena, contact, found, err))
		return false;
	return *found || find_merged(store, id, arena, contact, found, err);
}

bool contact_need(struct store *store, const char *id, struct arena *arena, struct contact *contact,
                  struct error *err) {
	bool found;
	return contact_find(store, id, arena, contact, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no contact %.60s", id));
}

static int by_its_id(const void *a, const void *b) {
	return strcmp(((const struct contact *)a)->id, ((const struct contact *)b)->id);
}

bool contact_find_names(struct store *store, const struct strings *ids, struct arena *arena, struct contact **contacts,
                        int *count, struct error *err) {
	return store_list(store, CONTACTS, FILTER(in_ids("_id", ids)), SORT(asc("_id")), ids->count + 1, &name_record,
	                  arena, (void **)contacts, count, err);
}

bool contact_find_by_addresses(struct store *store, const struct strings *norms, struct arena *arena,
                               struct contact **contacts, int *count, struct error *err) {
	struct contact *own, *merged;
	struct strings aliases, ids;
	int own_count, merged_count;
	*count = 0;
	if (!store_list(store, CONTACTS, FILTER(in_texts("email_norm", norms)), NULL, norms->count + 1, &contact_record,
	                arena, (void **)&own, &own_count, err) ||
	    !alias_find(store, norms, arena, &aliases, &ids, err))
		return false;
	*contacts = own;
	*count = own_count;
	if (aliases.count == 0)
		return true;
	if (!store_list(store, CONTACTS, FILTER(in_ids("_id", &ids)), SORT(asc("_id")), ids.count + 1, &contact_record,
	                arena, (void **)&merged, &merged_count, err))
		return false;
	*contacts = arena_array(arena, struct contact, own_count + aliases.count + 1);
	memcpy(*contacts, own, (size_t)own_count * sizeof *own);
	for (int i = 0; i < aliases.count; i++) {
		const struct contact *one = contact_with_id(merged, merged_count, ids.items[i]);
		if (!one)
			continue;
		(*contacts)[*count] = *one;
		(*contacts)[(*count)++].email_norm = aliases.items[i];
	}
	return true;
}

const struct contact *contact_with_id(const struct contact *contacts, int count, const char *id) {
	const struct contact wanted = { .id = id };
	return id && count ? bsearch(&wanted, contacts, (size_t)count, sizeof *contacts, by_its_id) : NULL;
}

const char *contact_status_label(const struct contact *contact) {
	bool is_on_none = contact->status == CONTACT_UNKNOWN && contact->list_ids.count == 0;
	return is_on_none ? "On no list" : contact_status_labels[contact->status];
}

const char *contact_called(const struct contact *contact, struct arena *arena) {
	const char *first = contact->profile.first_name, *last = contact->profile.last_name;
	if (text_is_empty(first) || text_is_empty(last))
		return !text_is_empty(first) ? first : !text_is_empty(last) ? last : NULL;
	return arena_print(arena, "%s %s", first, last);
}

const struct contact *contact_with_address(const struct contact *contacts, int count, const char *norm) {
	for (int i = 0; norm && i < count; i++)
		if (text_same(contacts[i].email_norm, norm))
			return &contacts[i];
	return NULL;
}

bool contact_find_beginning(struct store *store, const char *text, int limit, struct arena *arena,
                            struct contact **contacts, int *count, struct error *err) {
	const char *first = contact_norm(arena, text);
	*count = 0;
	if (!first)
		return true;
	const char *last = arena_print(arena, "%s\U0010FFFF", first); /* after all addresses that begin so */
	return store_list(store, CONTACTS, FILTER(gte_text("email_norm", first), lt_text("email_norm", last)),
	                  SORT(asc("email_norm")), limit, &contact_record, arena, (void **)contacts, count, err);
}

bool contact_next(struct store *store, const char *after, int limit, struct arena *arena, struct contact **contacts,
                  int *count, struct error *err) {
	return store_list(store, CONTACTS, *after ? FILTER(gt_id("_id", after)) : &everything, SORT(asc("_id")), limit,
	                  &contact_record, arena, (void **)contacts, count, err);
}

/* By the rule of an older version a domain of other letters than ASCII's was kept as it was written. Whoever is there
 * under both stays two. */
static bool renorm(struct store *store, const struct contact *contact, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const char *norm = contact_norm(arena, contact->email);
	int64_t taken;
	bool matched;
	if (!norm || !contact->email_norm || !strchr(contact->email_norm, '@') || text_same(norm, contact->email_norm))
		return true;
	if (!store_count(store, CONTACTS, FILTER(eq_text("email_norm", norm)), &taken, err))
		return false;
	return taken || store_update(store, CONTACTS, FILTER(by_id(contact->id)), UPDATE(set_text("email_norm", norm)),
	                             &matched, err);
}

bool contact_gather_all(struct store *store, struct error *err) {
	enum { AT_ONCE = 500 };
	char after[25] = "";
	int count = AT_ONCE;
	while (count == AT_ONCE) {
		ARENA_AUTO arena = arena_new();
		struct contact *contacts;
		if (!contact_next(store, after, AT_ONCE, arena, &contacts, &count, err))
			return false;
		struct strings ids = { arena_array(arena, const char *, count + 1), 0 };
		for (int i = 0; i < count; i++) {
			ids.items[ids.count++] = contacts[i].id;
			if (!renorm(store, &contacts[i], err))
				return false;
		}
		if (!gather_people(store, &ids, NULL, arena, err))
			return false;
		(void)snprintf(after, sizeof after, "%s", count ? ids.items[count - 1] : "");
	}
	return true;
}

bool contact_copy_own(struct store *into, const struct rows *contacts, struct error *err) {
	const struct contact *all = contacts->items;
	struct bulk *bulk = bulk_open(into, CONTACTS);
	for (int i = 0; i < contacts->count; i++)
		if (own_is_any(&all[i].own) || all[i].joins > 0)
			bulk_insert(bulk, &contact_record, &all[i]);
	return bulk_run(bulk, NULL, err);
}

bool contact_save_engagements(struct store *store, const struct strings *ids, const struct engagement *engagements,
                              struct error *err) {
	struct bulk *bulk = bulk_open(store, CONTACTS);
	for (int i = 0; i < ids->count; i++)
		bulk_update(bulk, FILTER(by_id(ids->items[i])),
		            UPDATE(set_nested("engagement", &engagement_record, &engagements[i])));
	return bulk_run(bulk, NULL, err);
}

/* The distinct people of the rows. */
static struct strings people_of(const struct membership *rows, int count, struct arena *arena) {
	struct strings all = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		if (rows[i].contact_id)
			all.items[all.count++] = rows[i].contact_id;
	return strings_distinct(arena, &all);
}

bool contact_gather_members(struct store *store, const struct rows *rows, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct strings people = people_of(rows->items, rows->count, arena);
	return people.count == 0 || gather_people(store, &people, NULL, arena, err);
}

static bool is_among(const struct membership *rows, int count, const struct membership *one) {
	for (int i = 0; i < count; i++)
		if (text_same(rows[i].id, one->id))
			return true;
	return false;
}

bool contact_last_of(struct store *store, const struct membership *rows, int count, struct arena *arena,
                     struct strings *ids, struct error *err) {
	struct strings people = people_of(rows, count, arena);
	struct membership *held;
	struct person *known;
	int held_count, known_count;
	if (!membership_list(store, &people, arena, &held, &held_count, err) ||
	    !gather_find(store, &people, arena, &known, &known_count, err))
		return false;
	*ids = (struct strings){ arena_array(arena, const char *, people.count + 1), 0 };
	for (int i = 0; i < people.count; i++) {
		const struct person *person = gather_person(known, known_count, people.items[i]);
		bool stays = person && own_is_any(&person->own);
		for (int k = 0; k < held_count && !stays; k++)
			stays = text_same(held[k].contact_id, people.items[i]) && membership_is_there(&held[k]) &&
			        !is_among(rows, count, &held[k]);
		if (!stays)
			ids->items[ids->count++] = people.items[i];
	}
	return true;
}

bool contact_forget(struct store *store, const struct membership *rows, int count, const struct strings *ids,
                    struct arena *arena, struct error *err) {
	struct strings people = people_of(rows, count, arena), staying = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < people.count; i++)
		if (!strings_have(ids, people.items[i]))
			staying.items[staying.count++] = people.items[i];
	return drop_people(store, ids, err) && membership_drop_own(store, ids, err) &&
	       membership_drop(store, rows, count, err) &&
	       (staying.count == 0 || gather_people(store, &staying, NULL, arena, err));
}

struct condition contact_clicked_within(struct moment now, int days) {
	return gte_moment("engagement.last_clicked_at", moment_add(now, -days * DAY_MS));
}

struct condition contact_clicked_before(struct moment now, int days) {
	return lt_moment("engagement.last_clicked_at", moment_add(now, -days * DAY_MS));
}

/* In what is left until the deadline. */
static bool count_until(struct store *store, const char *member, const char *list_id, int64_t deadline, int64_t *count,
                        struct error *err) {
	int64_t left = deadline - monotonic_ms();
	*count = COUNT_NONE;
	return left <= 0 || store_count_within(store, CONTACTS, FILTER(eq_id(member, list_id)), (int)left, count, err);
}

bool contact_count_list(struct store *store, const char *list_id, int64_t ms, struct list_counts *counts,
                        struct error *err) {
	int64_t deadline = monotonic_ms() + ms, all, subscribed, unsubscribed;
	*counts = (struct list_counts){ COUNT_NONE, COUNT_NONE, COUNT_NONE };
	if (!count_until(store, "list_ids", list_id, deadline, &all, err) ||
	    !count_until(store, "subscribed_ids", list_id, deadline, &subscribed, err) ||
	    !count_until(store, "unsubscribed_ids", list_id, deadline, &unsubscribed, err))
		return false;
	if (all == COUNT_NONE || subscribed == COUNT_NONE || unsubscribed == COUNT_NONE)
		return true;
	*counts = (struct list_counts){ subscribed, unsubscribed, all - subscribed - unsubscribed }; /* nobody is in both */
	counts->pending = counts->pending < 0 ? 0 : counts->pending; /* somebody changed in between */
	return true;
}

/* Counts people on the list that also meet both conditions. */
static bool count_where(struct store *store, const char *list_id, struct condition more, struct condition and,
                        int64_t *count, struct error *err) {
	return store_count(store, CONTACTS, FILTER(eq_id("list_ids", list_id), more, and), count, err);
}

bool contact_count(struct store *store, const char *list_id, struct moment now, struct list_engagement *engagement,
                   struct error *err) {
	const struct {
		struct condition more, and;
		int64_t *count;
	} counts[] = {
		{ anything(), anything(), &engagement->contacts },
		{ gt_count("engagement.opened", 0), anything(), &engagement->opened },
		{ gt_count("engagement.clicked", 0), anything(), &engagement->clicked },
		{ eq_count("engagement.opened", 0), anything(), &engagement->never_opened },
		{ contact_clicked_within(now, 30), anything(), &engagement->clicked_30_days },
		{ contact_clicked_within(now, 90), contact_clicked_before(now, 30), &engagement->clicked_90_days },
		{ contact_clicked_within(now, 180), contact_clicked_before(now, 90), &engagement->clicked_180_days },
		{ contact_clicked_before(now, 180), anything(), &engagement->clicked_earlier },
	};
	engagement->counted_at = now;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		if (!count_where(store, list_id, counts[i].more, counts[i].and, counts[i].count, err))
			return false;
	return membership_count_joined(store, list_id, moment_add(now, -30 * DAY_MS), now, &engagement->joined_30_days,
	                               err);
}
