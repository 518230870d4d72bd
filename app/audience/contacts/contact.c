/* Contacts: rules and storage. */
#include "audience/contacts/contact.h"

#include <string.h>

static const struct field engagement_fields[] = {
	FIELD(struct engagement, opened, .unit = "campaigns"),
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
	FIELD(struct contact, status, .choices = &contact_statuses, .flags = FIELD_FOREIGN),
	FIELD(struct contact, list_ids),
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

struct strings contact_distinct(struct arena *arena, const char *const *norms, int count) {
	struct strings people = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++) {
		int k = 0;
		while (k < people.count && strcmp(people.items[k], norms[i]) != 0)
			k++;
		if (k == people.count)
			people.items[people.count++] = norms[i];
	}
	return people;
}

static void add_text(struct strings *strings, const char *text) {
	if (text && !strings_have(strings, text))
		strings->items[strings->count++] = text;
}

/* Pure: a person out of the memberships under one address. */
static struct contact contact_of(const char *norm, const struct membership *rows, int count, struct arena *arena) {
	struct contact contact;
	int tags = 0;
	record_clear(&contact_record, &contact);
	contact.email_norm = norm;
	for (int i = 0; i < count; i++)
		tags += rows[i].tags.count;
	contact.list_ids.items = arena_array(arena, const char *, count);
	contact.tags.items = arena_array(arena, const char *, tags);
	for (int i = 0; i < count; i++) {
		const struct membership *row = &rows[i];
		if (!text_same(row->email_norm, norm))
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

static void bulk_contact(struct bulk *bulk, const struct contact *contact) {
	static const struct engagement none = { .last_opened_at = { INT64_MIN },
		                                    .last_clicked_at = { INT64_MIN },
		                                    .last_event_at = { INT64_MIN } };
	bson_t set = BSON_INITIALIZER, zeros = BSON_INITIALIZER, whole = BSON_INITIALIZER;
	struct contact state = *contact;
	state.id = state.email_norm = NULL;
	record_to_bson(&contact_record, &state, &whole);
	bson_copy_to_excluding_noinit(&whole, &set, "engagement", "customer_groups", NULL);
	/* Sorting by engagement needs a number from the start. */
	record_to_bson(&engagement_record, &none, &zeros);
	bson_t *filter = BCON_NEW("email_norm", BCON_UTF8(contact->email_norm));
	bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(&set), "$setOnInsert", "{", "engagement", BCON_DOCUMENT(&zeros),
	                          "}");
	bulk_upsert(bulk, filter, change);
	bson_destroy(filter);
	bson_destroy(change);
	bson_destroy(&whole);
	bson_destroy(&zeros);
	bson_destroy(&set);
}

static bool renew_people(struct store *store, const struct strings *people, struct arena *arena, struct error *err) {
	struct membership *rows;
	int count;
	if (!membership_list(store, people, arena, &rows, &count, err))
		return false;
	struct bulk *bulk = bulk_open(store, "contacts");
	for (int i = 0; i < people->count; i++) {
		struct contact contact = contact_of(people->items[i], rows, count, arena);
		bulk_contact(bulk, &contact);
	}
	return bulk_run(bulk, NULL, err);
}

/* The addresses of the rows, each once. */
static struct strings addresses_of(const struct membership *rows, int count, struct arena *arena) {
	const char **norms = arena_array(arena, const char *, count + 1);
	int known = 0;
	for (int i = 0; i < count; i++)
		if (rows[i].email_norm)
			norms[known++] = rows[i].email_norm;
	return contact_distinct(arena, norms, known);
}

bool contact_save_page(struct store *store, struct membership *rows, int count, struct arena *arena,
                       struct error *err) {
	if (!membership_save(store, rows, count, arena, err))
		return false;
	struct strings people = addresses_of(rows, count, arena);
	return people.count == 0 || renew_people(store, &people, arena, err);
}

bool contact_find(struct store *store, const char *id, struct arena *arena, struct contact *contact, bool *found,
                  struct error *err) {
	if (text_starts(id, "contact_"))
		id += strlen("contact_");
	bson_t *filter = store_filter_id(id, NULL);
	bool fine = store_find(store, "contacts", filter, NULL, &contact_record, arena, contact, found, err);
	bson_destroy(filter);
	return fine;
}

bool contact_find_many(struct store *store, const struct strings *norms, struct arena *arena, struct contact **contacts,
                       int *count, struct error *err) {
	bson_t *filter = store_filter_in("email_norm", norms);
	bool fine = store_list(store, "contacts", filter, NULL, norms->count + 1, &contact_record, arena, (void **)contacts,
	                       count, err);
	bson_destroy(filter);
	return fine;
}

bool contact_next(struct store *store, const char *after, int limit, struct arena *arena, struct contact **contacts,
                  int *count, struct error *err) {
	bson_t *filter = BCON_NEW("email_norm", "{", "$gt", BCON_UTF8(after), "}");
	bson_t *sort = BCON_NEW("email_norm", BCON_INT32(1));
	bool fine = store_list(store, "contacts", filter, sort, limit, &contact_record, arena, (void **)contacts, count,
	                       err);
	bson_destroy(filter);
	bson_destroy(sort);
	return fine;
}

bool contact_save_engagements(struct store *store, const struct strings *norms, const struct engagement *engagements,
                              struct error *err) {
	struct bulk *bulk = bulk_open(store, "contacts");
	for (int i = 0; i < norms->count; i++) {
		bson_t set = BSON_INITIALIZER;
		record_to_bson(&engagement_record, &engagements[i], &set);
		bson_t *one = BCON_NEW("email_norm", BCON_UTF8(norms->items[i]));
		bson_t *change = BCON_NEW("$set", "{", "engagement", BCON_DOCUMENT(&set), "}");
		bulk_update(bulk, one, change);
		bson_destroy(one);
		bson_destroy(change);
		bson_destroy(&set);
	}
	return bulk_run(bulk, NULL, err);
}

static bool is_among(const struct membership *rows, int count, const struct membership *one) {
	for (int i = 0; i < count; i++)
		if (text_same(rows[i].id, one->id))
			return true;
	return false;
}

bool contact_last_of(struct store *store, const struct membership *rows, int count, struct arena *arena,
                     struct strings *norms, struct error *err) {
	struct strings people = addresses_of(rows, count, arena);
	struct membership *held;
	int held_count;
	if (!membership_list(store, &people, arena, &held, &held_count, err))
		return false;
	*norms = (struct strings){ arena_array(arena, const char *, people.count + 1), 0 };
	for (int i = 0; i < people.count; i++) {
		bool stays = false;
		for (int k = 0; k < held_count && !stays; k++)
			stays = text_same(held[k].email_norm, people.items[i]) && !is_among(rows, count, &held[k]);
		if (!stays)
			norms->items[norms->count++] = people.items[i];
	}
	return true;
}

static bool drop_people(struct store *store, const struct strings *norms, struct error *err) {
	int64_t deleted;
	bson_t *filter = store_filter_in("email_norm", norms);
	bool fine = store_delete(store, "contacts", filter, &deleted, err);
	bson_destroy(filter);
	return fine;
}

bool contact_forget(struct store *store, const struct membership *rows, int count, const struct strings *norms,
                    struct arena *arena, struct error *err) {
	struct strings people = addresses_of(rows, count, arena),
				   staying = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < people.count; i++)
		if (!strings_have(norms, people.items[i]))
			staying.items[staying.count++] = people.items[i];
	return (norms->count == 0 || drop_people(store, norms, err)) && membership_drop(store, rows, count, err) &&
	       (staying.count == 0 || renew_people(store, &staying, arena, err));
}

/* People of the list for whom `more` holds too; `more` is destroyed. */
static bool count_where(struct store *store, const char *list_id, bson_t *more, int64_t *count, struct error *err) {
	BSON_APPEND_UTF8(more, "list_ids", list_id);
	bool fine = store_count(store, "contacts", more, count, err);
	bson_destroy(more);
	return fine;
}

bool contact_count(struct store *store, const char *list_id, struct moment now, struct list_engagement *engagement,
                   struct error *err) {
	struct moment month = moment_add(now, -30 * DAY_MS);
	engagement->counted_at = now;
	return count_where(store, list_id, bson_new(), &engagement->contacts, err) &&
	       count_where(store, list_id, BCON_NEW("engagement.opened", "{", "$gt", BCON_INT64(0), "}"),
	                   &engagement->opened, err) &&
	       count_where(store, list_id, BCON_NEW("engagement.clicked", "{", "$gt", BCON_INT64(0), "}"),
	                   &engagement->clicked, err) &&
	       count_where(store, list_id, BCON_NEW("engagement.opened", BCON_INT64(0)), &engagement->never_opened, err) &&
	       count_where(store, list_id, BCON_NEW("created_at", "{", "$gte", BCON_DATE_TIME(month.ms), "}"),
	                   &engagement->joined_30_days, err);
}
