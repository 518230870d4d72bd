/* Subscriber lists: storage and JSON. */
#include "audience/lists/list.h"

static const struct field count_fields[] = {
	FIELD(struct list_counts, subscribed, .unit = "contacts"),
	FIELD(struct list_counts, unsubscribed, .unit = "contacts"),
	FIELD(struct list_counts, pending, .unit = "contacts"),
};
static const struct record_type counts_record = RECORD_TYPE("ListCounts", struct list_counts, count_fields);

static const struct field engagement_fields[] = {
	FIELD(struct list_engagement, contacts, .unit = "contacts"),
	FIELD(struct list_engagement, opened, .unit = "contacts",
	      .doc = "Opened at least one campaign, automated opens included"),
	FIELD(struct list_engagement, clicked, .unit = "contacts", .doc = "Clicked in at least one campaign"),
	FIELD(struct list_engagement, never_opened, .unit = "contacts"),
	FIELD(struct list_engagement, joined_30_days, .unit = "contacts"),
	FIELD(struct list_engagement, counted_at),
};
static const struct record_type engagement_record = RECORD_TYPE("ListEngagement", struct list_engagement,
                                                                engagement_fields);

static const struct field field_fields[] = {
	FIELD(struct list_field, tag),
	FIELD(struct list_field, label),
	FIELD(struct list_field, type),
	FIELD(struct list_field, fallback),
};
const struct record_type list_field_record = RECORD_TYPE("ListField", struct list_field, field_fields);

static const struct field list_fields[] = {
	FIELD(struct list, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct list, emailoctopus_id),
	FIELD(struct list, name),
	FIELD(struct list, seen_run),
	FIELD(struct list, double_opt_in),
	FIELD_RECORD(struct list, counts, counts_record),
	FIELD_LIST(struct list, fields, list_field_record),
	FIELD(struct list, tags),
	FIELD(struct list, created_at),
	FIELD(struct list, synced_at),
	FIELD_RECORD(struct list, engagement, engagement_record),
	FIELD(struct list, contacts_read_at),
	FIELD(struct list, contacts_full_at, .doc = "The whole list was read then"),
};
const struct record_type list_record = RECORD_TYPE("List", struct list, list_fields);

static const struct field snapshot_fields[] = {
	FIELD(struct list_snapshot, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct list_snapshot, list_id),
	FIELD(struct list_snapshot, run_id),
	FIELD(struct list_snapshot, source, .doc = "The call that brought the figures"),
	FIELD(struct list_snapshot, snapshot_time),
	FIELD_RECORD(struct list_snapshot, counts, counts_record),
};
const struct record_type list_snapshot_record = RECORD_TYPE("ListSnapshot", struct list_snapshot, snapshot_fields);

static bool same_counts(const struct list_counts *a, const struct list_counts *b) {
	return a->subscribed == b->subscribed && a->unsubscribed == b->unsubscribed && a->pending == b->pending;
}

static bool append_counts(struct store *store, const struct list *list, const char *run_id, struct error *err) {
	struct list_snapshot snapshot = { .list_id = list->emailoctopus_id,
		                              .run_id = run_id,
		                              .source = "GET /lists",
		                              .snapshot_time = moment_now(),
		                              .counts = list->counts };
	bson_t document = BSON_INITIALIZER;
	record_to_bson(&list_snapshot_record, &snapshot, &document);
	bool fine = store_insert(store, "list_snapshots", &document, err) || err->kind == ERROR_CONFLICT;
	bson_destroy(&document);
	return fine;
}

bool list_save(struct store *store, const struct list *list, const char *run_id, struct arena *arena, bool *changed,
               struct error *err) {
	struct list before;
	bool found;
	bson_t set = BSON_INITIALIZER;
	bson_t *filter = BCON_NEW("emailoctopus_id", BCON_UTF8(list->emailoctopus_id));
	bool fine = store_find(store, "lists", filter, NULL, &list_record, arena, &before, &found, err);
	*changed = fine && (!found || !same_counts(&before.counts, &list->counts));
	if (fine && *changed)
		fine = append_counts(store, list, run_id, err);
	if (fine) {
		struct list now = *list;
		now.id = NULL;
		now.seen_run = run_id;
		now.synced_at = moment_now();
		bson_t whole = BSON_INITIALIZER;
		record_to_bson(&list_record, &now, &whole);
		bson_copy_to_excluding_noinit(&whole, &set, "engagement", NULL); /* the run over the people keeps that */
		bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(&set));
		fine = store_upsert(store, "lists", filter, change, err);
		bson_destroy(change);
		bson_destroy(&whole);
	}
	bson_destroy(&set);
	bson_destroy(filter);
	return fine;
}

int64_t list_total(const struct list_counts *counts) {
	return counts->subscribed + counts->unsubscribed + counts->pending;
}

bool list_at(struct store *store, struct list *list, struct moment as_of, struct arena *arena, bool *known,
             struct error *err) {
	struct list_snapshot snapshot;
	bson_t *filter = BCON_NEW("list_id", BCON_UTF8(list->emailoctopus_id), "snapshot_time", "{", "$lte",
	                          BCON_DATE_TIME(as_of.ms), "}");
	bson_t *options = BCON_NEW("sort", "{", "snapshot_time", BCON_INT32(-1), "}");
	bool fine = store_find(store, "list_snapshots", filter, options, &list_snapshot_record, arena, &snapshot, known,
	                       err);
	bson_destroy(filter);
	bson_destroy(options);
	if (!fine || !*known)
		return fine;
	list->counts = snapshot.counts;
	list->synced_at = snapshot.snapshot_time;
	list->engagement.counted_at = MOMENT_NONE; /* only the present is counted */
	return true;
}

bool list_save_read(struct store *store, const char *list_id, struct moment at, bool whole, struct error *err) {
	bool matched;
	bson_t set = BSON_INITIALIZER;
	BSON_APPEND_DATE_TIME(&set, "contacts_read_at", at.ms);
	if (whole)
		BSON_APPEND_DATE_TIME(&set, "contacts_full_at", at.ms);
	bson_t *filter = BCON_NEW("emailoctopus_id", BCON_UTF8(list_id));
	bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(&set));
	bson_destroy(&set);
	bool fine = store_update(store, "lists", filter, change, &matched, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine;
}

bool list_save_engagement(struct store *store, const char *list_id, const struct list_engagement *engagement,
                          struct error *err) {
	bool matched;
	bson_t set = BSON_INITIALIZER;
	record_to_bson(&engagement_record, engagement, &set);
	bson_t *filter = BCON_NEW("emailoctopus_id", BCON_UTF8(list_id));
	bson_t *change = BCON_NEW("$set", "{", "engagement", BCON_DOCUMENT(&set), "}");
	bool fine = store_update(store, "lists", filter, change, &matched, err);
	bson_destroy(filter);
	bson_destroy(change);
	bson_destroy(&set);
	return fine;
}

bool list_all(struct store *store, struct arena *arena, struct list **lists, int *count, struct error *err) {
	bson_t all = BSON_INITIALIZER;
	bson_t *sort = BCON_NEW("name", BCON_INT32(1));
	bool fine = store_list(store, "lists", &all, sort, 10000, &list_record, arena, (void **)lists, count, err);
	bson_destroy(sort);
	return fine;
}
