/* Contacts: rules and storage. */
#include "audience/contacts/contact.h"

#include <stdlib.h>
#include <string.h>

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
	FIELD(struct contact, tags),
	FIELD(struct contact, created_at),
	FIELD(struct contact, last_updated_at),
	FIELD_RECORD(struct contact, engagement, engagement_record),
	FIELD(struct contact, customer_id),
	FIELD(struct contact, customer_link, .doc = "email, key or manual"),
	FIELD(struct contact, usage_segment),
	FIELD(struct contact, customer_groups),
};
const struct record_type contact_record = RECORD_TYPE("Contact", struct contact, contact_fields);

static const struct field name_fields[] = {
	FIELD(struct contact, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct contact, email),
	FIELD(struct contact, email_norm),
};
static const struct record_type name_record = RECORD_TYPE("ContactName", struct contact, name_fields);

static void add_text(struct strings *strings, const char *text) {
	if (text && !strings_have(strings, text))
		strings->items[strings->count++] = text;
}

/* Pure. One person's contact, from memberships that may include other people's. */
static struct contact contact_of(const char *id, const struct membership *rows, int count, struct arena *arena) {
	struct contact contact;
	int tags = 0;
	record_clear(&contact_record, &contact);
	contact.id = id;
	for (int i = 0; i < count; i++)
		tags += rows[i].tags.count;
	contact.list_ids.items = arena_array(arena, const char *, count);
	contact.tags.items = arena_array(arena, const char *, tags);
	for (int i = 0; i < count; i++) {
		const struct membership *row = &rows[i];
		if (!text_same(row->contact_id, id))
			continue;
		contact.email = row->email;
		contact.status = contact_status_of_both(contact.status, row->status);
		add_text(&contact.list_ids, row->list_id);
		for (int k = 0; k < row->tags.count; k++)
			add_text(&contact.tags, text_fold(arena, row->tags.items[k]));
		if (!moment_is_set(contact.created_at) || row->created_at.ms < contact.created_at.ms)
			contact.created_at = row->created_at;
		if (row->last_updated_at.ms > contact.last_updated_at.ms)
			contact.last_updated_at = row->last_updated_at;
	}
	return contact;
}

/* Writes what derives from the memberships; `norm`: also the address, which may be new. Engagement starts as a number
 * because pages sort by it. */
static void bulk_contact(struct bulk *bulk, struct contact *contact, const char *norm, struct arena *arena) {
	const struct contact fresh = { .engagement = ENGAGEMENT_NONE };
	const struct members *const gathered = ONLY("email", "search", "status", "list_ids", "tags", "created_at",
	                                            "last_updated_at");
	contact->search = contact->email ? text_fold(arena, contact->email) : NULL;
	if (norm)
		bulk_upsert(bulk, FILTER(by_id(contact->id)),
		            UPDATE(set_record(&contact_record, contact, gathered), set_text("email_norm", norm),
		                   set_when_new(&contact_record, &fresh, ONLY("engagement"))));
	else
		bulk_update(bulk, FILTER(by_id(contact->id)), UPDATE(set_record(&contact_record, contact, gathered)));
}

/* norms: addresses under which new people are inserted; NULL if there are none. */
static bool renew_people(struct store *store, const struct strings *ids, const struct strings *norms,
                         struct arena *arena, struct error *err) {
	struct membership *rows;
	int count;
	if (!membership_list(store, ids, arena, &rows, &count, err))
		return false;
	struct bulk *bulk = bulk_open(store, CONTACTS);
	for (int i = 0; i < ids->count; i++) {
		struct contact contact = contact_of(ids->items[i], rows, count, arena);
		bulk_contact(bulk, &contact, norms ? norms->items[i] : NULL, arena);
	}
	return bulk_run(bulk, NULL, err);
}

static bool drop_people(struct store *store, const struct strings *ids, struct error *err) {
	int64_t deleted;
	return ids->count == 0 || store_delete(store, CONTACTS, FILTER(in_ids("_id", ids)), &deleted, err);
}

/* Those whom others are moved to must be there first: if this is interrupted, they are found by their addresses. */
static bool insert_people(struct store *store, const struct page_people *people, struct error *err) {
	struct bulk *bulk = bulk_open(store, CONTACTS);
	for (int i = 0; i < people->ids.count; i++) {
		const struct contact fresh = { .id = people->ids.items[i],
			                           .email_norm = people->norms.items[i],
			                           .engagement = ENGAGEMENT_NONE };
		bulk_upsert(bulk, FILTER(by_id(fresh.id)),
		            UPDATE(set_text("email_norm", fresh.email_norm),
		                   set_when_new(&contact_record, &fresh, ONLY("engagement"))));
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

bool contact_save(struct store *store, const struct membership *rows, int count, const struct page_people *people,
                  struct arena *arena, struct error *err) {
	struct strings before = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		if (rows[i].moved_from && !strings_have(&before, rows[i].moved_from) &&
		    !strings_have(&people->left, rows[i].moved_from))
			before.items[before.count++] = rows[i].moved_from;
	return drop_people(store, &people->left, err) && membership_save(store, rows, count, err) &&
	       (people->ids.count == 0 || renew_people(store, &people->ids, &people->norms, arena, err)) &&
	       (before.count == 0 || renew_people(store, &before, NULL, arena, err));
}

bool contact_save_page(struct store *store, struct membership *rows, int count, struct arena *arena,
                       struct error *err) {
	struct page_people people;
	return contact_prepare(store, rows, count, arena, &people, err) &&
	       contact_save(store, rows, count, &people, arena, err);
}

bool contact_find(struct store *store, const char *id, struct arena *arena, struct contact *contact, bool *found,
                  struct error *err) {
	if (text_starts(id, "contact_"))
		id += strlen("contact_");
	return store_find(store, CONTACTS, FILTER(by_id(id)), NULL, &contact_record, arena, contact, found, err);
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
	return store_list(store, CONTACTS, FILTER(in_texts("email_norm", norms)), NULL, norms->count + 1, &contact_record,
	                  arena, (void **)contacts, count, err);
}

const struct contact *contact_with_id(const struct contact *contacts, int count, const char *id) {
	const struct contact wanted = { .id = id };
	return id && count ? bsearch(&wanted, contacts, (size_t)count, sizeof *contacts, by_its_id) : NULL;
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
	int held_count;
	if (!membership_list(store, &people, arena, &held, &held_count, err))
		return false;
	*ids = (struct strings){ arena_array(arena, const char *, people.count + 1), 0 };
	for (int i = 0; i < people.count; i++) {
		bool stays = false;
		for (int k = 0; k < held_count && !stays; k++)
			stays = text_same(held[k].contact_id, people.items[i]) && !is_among(rows, count, &held[k]);
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
	return drop_people(store, ids, err) && membership_drop(store, rows, count, err) &&
	       (staying.count == 0 || renew_people(store, &staying, NULL, arena, err));
}

struct condition contact_clicked_within(struct moment now, int days) {
	return gte_moment("engagement.last_clicked_at", moment_add(now, -days * DAY_MS));
}

struct condition contact_clicked_before(struct moment now, int days) {
	return lt_moment("engagement.last_clicked_at", moment_add(now, -days * DAY_MS));
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
