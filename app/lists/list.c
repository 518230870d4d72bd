/* Subscriber lists: storage and JSON. */
#include "lists/list.h"

static const struct field count_fields[] = {
	FIELD(struct list_counts, subscribed, .unit = "contacts"),
	FIELD(struct list_counts, unsubscribed, .unit = "contacts"),
	FIELD(struct list_counts, pending, .unit = "contacts"),
};
static const struct record counts_record = RECORD("ListCounts", struct list_counts, count_fields);

static const struct field list_fields[] = {
	FIELD(struct list, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct list, emailoctopus_id),
	FIELD(struct list, name),
	FIELD(struct list, seen_run),
	FIELD(struct list, double_opt_in),
	FIELD_RECORD(struct list, counts, counts_record),
	FIELD(struct list, created_at),
	FIELD(struct list, synced_at),
};
const struct record list_record = RECORD("List", struct list, list_fields);

static bool same_counts(const struct list_counts *a, const struct list_counts *b) {
	return a->subscribed == b->subscribed && a->unsubscribed == b->unsubscribed && a->pending == b->pending;
}

static bool append_counts(struct store *store, const struct list *list, const char *run_id, struct error *err) {
	bson_t document = BSON_INITIALIZER, counts;
	BSON_APPEND_UTF8(&document, "list_id", list->emailoctopus_id);
	BSON_APPEND_UTF8(&document, "run_id", run_id);
	BSON_APPEND_UTF8(&document, "source", "GET /lists");
	BSON_APPEND_DATE_TIME(&document, "snapshot_time", moment_now().ms);
	BSON_APPEND_DOCUMENT_BEGIN(&document, "counts", &counts);
	record_to_bson(&counts_record, &list->counts, &counts);
	bson_append_document_end(&document, &counts);
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
		record_to_bson(&list_record, &now, &set);
		bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(&set));
		fine = store_upsert(store, "lists", filter, change, err);
		bson_destroy(change);
	}
	bson_destroy(&set);
	bson_destroy(filter);
	return fine;
}

bool list_all(struct store *store, struct arena *arena, struct list **lists, int *count, struct error *err) {
	bson_t all = BSON_INITIALIZER;
	bson_t *sort = BCON_NEW("name", BCON_INT32(1));
	bool fine = store_list(store, "lists", &all, sort, 10000, &list_record, arena, (void **)lists, count, err);
	bson_destroy(sort);
	return fine;
}

static bool show_lists(struct exchange *x, struct error *err) {
	struct list *lists;
	int count;
	return list_all(x->store, x->arena, &lists, &count, err) &&
	       reply_records(x, &list_record, (struct records){ lists, count });
}

static bool show_list(struct exchange *x, struct error *err) {
	struct list list;
	bool found;
	const char *id = x->values[0];
	bson_t *filter = store_filter_id(id, "emailoctopus_id");
	bool fine = store_find(x->store, "lists", filter, NULL, &list_record, x->arena, &list, &found, err);
	bson_destroy(filter);
	if (!fine)
		return false;
	return found ? reply_record(x, &list_record, &list) : error_set(err, ERROR_MISSING, "no list %.60s", id);
}

const struct route list_routes[] = {
	{ "GET", "/api/lists", GUARD_SIGNED_IN, show_lists, .summary = "All lists with their counts",
	  .output = &list_record, .list = true, .observed = true },
	{ "GET", "/api/lists/:list_id", GUARD_SIGNED_IN, show_list, .summary = "One list", .output = &list_record,
	  .observed = true },
	{ 0 },
};
