/* Reading documents: one, several, each, counts and sums. */
#include <string.h>

#include "core/store/connection.h"

/* Documents at a time. A server's own first batch is of 101, and behind FerretDB whatever does not fit into one takes a
 * connection of the pool away, which is closed in the end. */
enum { BATCH = 1000 };
/* Not of groups: FerretDB 2.7 makes those of a second batch anew, in another order, if the first one has some 950 or
 * more. Of 2,151 it gave 549 twice and others not at all; with its own batches of 101 it gives each once. */

/* The document holds a word unknown to this version. */
static bool unreadable(struct error *err, const char *collection) {
	return error_note(err, "reading %s", collection);
}

static void append_hurry(bson_t *opts, const struct store *store) {
	if (store->hurry_ms)
		BSON_APPEND_INT64(opts, "maxTimeMS", store->hurry_ms);
}

bool store_find(struct store *store, const char *collection, const struct filter *filter, const struct sort *sort,
                const struct record_type *record, struct arena *arena, void *object, bool *found, struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO opts = BCON_NEW("limit", BCON_INT64(1), "singleBatch", BCON_BOOL(true));
	const bson_t *document;
	bson_error_t why;
	if (!store_may_ask(store, err))
		return false;
	append_hurry(opts, store);
	if (sort)
		sort_append(opts, "sort", sort);
	CURSOR_AUTO cursor = mongoc_collection_find_with_opts(opened, where, opts, NULL);
	*found = mongoc_cursor_next(cursor, &document);
	if (mongoc_cursor_error_document(cursor, &why, NULL))
		return store_lost(store, err, &why, "reading", collection);
	return !*found || record_from_bson(record, document, arena, object, err) || unreadable(err, collection);
}

/* Passes each document to the callback, then closes the cursor. */
static bool walk(struct store *store, mongoc_cursor_t *found, const char *collection,
                 void (*each)(void *context, const bson_t *document), void *context, struct error *err) {
	CURSOR_AUTO cursor = found;
	const bson_t *document;
	bson_error_t why;
	if (!store_may_ask(store, err))
		return false;
	while (mongoc_cursor_next(cursor, &document))
		each(context, document);
	if (mongoc_cursor_error_document(cursor, &why, NULL))
		return store_lost(store, err, &why, "reading", collection);
	return true;
}

/* A growing array of records. */
struct collecting {
	const struct record_type *record;
	struct arena *arena;
	struct rows rows;
	int room;
	struct error *err;
	bool failed;
};

enum { FIRST_ROOM = 64 };

/* Never a NULL array: qsort and memcpy do not accept one. */
static struct collecting collecting_of(const struct record_type *record, struct arena *arena, struct error *err) {
	return (struct collecting){ .record = record,
		                        .arena = arena,
		                        .rows = { arena_alloc(arena, record->size * FIRST_ROOM), 0 },
		                        .room = FIRST_ROOM,
		                        .err = err };
}

static void *make_room(struct collecting *collecting) {
	struct rows *rows = &collecting->rows;
	size_t size = collecting->record->size;
	if (rows->count == collecting->room) {
		collecting->room *= 2;
		void *more = arena_alloc(collecting->arena, size * (size_t)collecting->room);
		memcpy(more, rows->items, size * (size_t)rows->count);
		rows->items = more;
	}
	return (char *)rows->items + size * (size_t)rows->count++;
}

static void collect_document(void *context, const bson_t *document) {
	struct collecting *collecting = context;
	if (!collecting->failed)
		collecting->failed = !record_from_bson(collecting->record, document, collecting->arena, make_room(collecting),
		                                       collecting->err);
}

/* Excludes FIELD_LARGE members. */
static void leave_out_large(bson_t *opts, const struct record_type *record) {
	bson_t projection = BSON_INITIALIZER;
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		if (field->flags & FIELD_LARGE)
			BSON_APPEND_INT32(&projection, field_stored_name(field), 0);
	if (!bson_empty(&projection))
		BSON_APPEND_DOCUMENT(opts, "projection", &projection);
	bson_destroy(&projection);
}

bool store_list(struct store *store, const char *collection, const struct filter *filter, const struct sort *sort,
                int limit, const struct record_type *record, struct arena *arena, void **objects, int *count,
                struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO opts = BCON_NEW("limit", BCON_INT64(limit), "batchSize", BCON_INT32(limit < BATCH ? limit : BATCH));
	struct collecting collecting = collecting_of(record, arena, err);
	append_hurry(opts, store);
	if (sort)
		sort_append(opts, "sort", sort);
	if (sort && sort->skip)
		BSON_APPEND_INT64(opts, "skip", sort->skip);
	leave_out_large(opts, record);
	bool fine = walk(store, mongoc_collection_find_with_opts(opened, where, opts, NULL), collection, collect_document,
	                 &collecting, err);
	*objects = collecting.rows.items;
	*count = collecting.rows.count;
	return fine && (!collecting.failed || unreadable(err, collection));
}

bool store_each_document(struct store *store, const char *collection, const struct filter *filter, int limit,
                         void (*each)(void *context, const bson_t *document), void *context, struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO opts = BCON_NEW("limit", BCON_INT64(limit), "batchSize", BCON_INT32(BATCH));
	return walk(store, mongoc_collection_find_with_opts(opened, where, opts, NULL), collection, each, context, err);
}

static void append_projection(bson_t *opts, const struct record_type *record) {
	bson_t projection;
	BSON_APPEND_DOCUMENT_BEGIN(opts, "projection", &projection);
	if (!record_field_stored(record, "_id"))
		BSON_APPEND_INT32(&projection, "_id", 0);
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		BSON_APPEND_INT32(&projection, field_stored_name(field), 1);
	bson_append_document_end(opts, &projection);
}

/* Converts documents to records for a callback. */
struct receiving {
	const struct record_type *record;
	struct arena *arena; /* reset for each result */
	void (*each)(void *context, const void *object);
	void *context;
	struct error *err;
	bool failed;
};

static void receive(void *context, const bson_t *document) {
	struct receiving *receiving = context;
	if (receiving->failed)
		return;
	arena_reset(receiving->arena);
	void *object = arena_alloc(receiving->arena, receiving->record->size);
	receiving->failed = !record_from_bson(receiving->record, document, receiving->arena, object, receiving->err);
	if (!receiving->failed)
		receiving->each(receiving->context, object);
}

bool store_each(struct store *store, const char *collection, const struct filter *filter,
                const struct record_type *record, void (*each)(void *context, const void *object), void *context,
                struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO opts = BCON_NEW("batchSize", BCON_INT32(BATCH));
	ARENA_AUTO arena = arena_new();
	struct receiving receiving = { record, arena, each, context, err, false };
	append_projection(opts, record);
	return walk(store, mongoc_collection_find_with_opts(opened, where, opts, NULL), collection, receive, &receiving,
	            err) &&
	       (!receiving.failed || unreadable(err, collection));
}

bool store_run_pipeline(struct store *store, const char *collection, const bson_t *pipeline,
                        void (*each)(void *context, const bson_t *document), void *context, struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	return walk(store, mongoc_collection_aggregate(opened, MONGOC_QUERY_NONE, pipeline, NULL, NULL), collection, each,
	            context, err);
}

/* { "0": { $match: … }, "1": … } */
static bson_t *with_match(const struct filter *match, const bson_t *stages) {
	BSON_AUTO where = filter_to_bson(match);
	bson_t *pipeline = BCON_NEW("0", "{", "$match", BCON_DOCUMENT(where), "}");
	bson_iter_t iter;
	char room[ARRAY_KEY];
	if (bson_iter_init(&iter, stages))
		for (int i = 1; bson_iter_next(&iter); i++)
			BSON_APPEND_VALUE(pipeline, array_key(i, room), bson_iter_value(&iter));
	return pipeline;
}

bool store_aggregate(struct store *store, const char *collection, const struct filter *match, const bson_t *stages,
                     const struct record_type *record, void (*each)(void *context, const void *object), void *context,
                     struct error *err) {
	ARENA_AUTO arena = arena_new();
	BSON_AUTO pipeline = with_match(match, stages);
	struct receiving receiving = { record, arena, each, context, err, false };
	return store_run_pipeline(store, collection, pipeline, receive, &receiving, err) &&
	       (!receiving.failed || unreadable(err, collection));
}

bool store_aggregate_rows(struct store *store, const char *collection, const struct filter *match, const bson_t *stages,
                          const struct record_type *record, struct arena *arena, struct rows *rows, struct error *err) {
	BSON_AUTO pipeline = with_match(match, stages);
	struct collecting collecting = collecting_of(record, arena, err);
	bool fine = store_run_pipeline(store, collection, pipeline, collect_document, &collecting, err);
	*rows = collecting.rows;
	return fine && (!collecting.failed || unreadable(err, collection));
}

/* State of a store_sum. */
struct summing {
	const struct record_type *record;
	void *object;
	int64_t *count;
	struct error *err;
	bool failed;
};

static void take_sum(void *context, const bson_t *document) {
	struct summing *summing = context;
	ARENA_AUTO arena = arena_new();
	bson_iter_t iter;
	summing->failed = !record_from_bson(summing->record, document, arena, summing->object, summing->err);
	if (bson_iter_init_find(&iter, document, "documents"))
		*summing->count = bson_iter_as_int64(&iter);
}

/* { _id: null, documents: { $sum: 1 }, and { $sum: "$…" } for each count of the record } */
static void append_sums(bson_t *group, const struct record_type *record, void *object) {
	ARENA_AUTO arena = arena_new();
	bson_t sum;
	BSON_APPEND_NULL(group, "_id");
	BSON_APPEND_DOCUMENT_BEGIN(group, "documents", &sum);
	BSON_APPEND_INT64(&sum, "$sum", 1);
	bson_append_document_end(group, &sum);
	for (const struct field *field = record->fields; field < record->fields + record->count; field++) {
		if (field->type != FIELD_COUNT)
			continue;
		const char *name = field_stored_name(field);
		BSON_APPEND_DOCUMENT_BEGIN(group, name, &sum);
		BSON_APPEND_UTF8(&sum, "$sum", arena_print(arena, "$%s", name));
		bson_append_document_end(group, &sum);
		/* If nothing matches, there is no result. */
		*(int64_t *)((char *)object + field->offset) = 0;
	}
}

bool store_sum(struct store *store, const char *collection, const struct filter *filter,
               const struct record_type *record, void *object, int64_t *count, struct error *err) {
	struct summing summing = { record, object, count, err, false };
	BSON_AUTO group = bson_new();
	append_sums(group, record, object);
	BSON_AUTO stages = BCON_NEW("0", "{", "$group", BCON_DOCUMENT(group), "}");
	BSON_AUTO pipeline = with_match(filter, stages);
	*count = 0;
	return store_run_pipeline(store, collection, pipeline, take_sum, &summing, err) &&
	       (!summing.failed || unreadable(err, collection));
}

bool store_count(struct store *store, const char *collection, const struct filter *filter, int64_t *count,
                 struct error *err) {
	return store_count_most(store, collection, filter, 0, count, err);
}

bool store_count_most(struct store *store, const char *collection, const struct filter *filter, int64_t most,
                      int64_t *count, struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	BSON_AUTO where = filter_to_bson(filter);
	bson_error_t why;
	*count = 0;
	if (!store_may_ask(store, err))
		return false;
	BSON_AUTO opts = bson_new();
	append_hurry(opts, store);
	if (most > 0)
		BSON_APPEND_INT64(opts, "limit", most);
	*count = mongoc_collection_count_documents(opened, where, opts, NULL, NULL, &why);
	return *count >= 0 || store_lost(store, err, &why, "counting", collection);
}

bool store_count_within(struct store *store, const char *collection, const struct filter *filter, int ms,
                        int64_t *count, struct error *err) {
	store_hurry(store, ms);
	bool fine = store_count(store, collection, filter, count, err);
	store_hurry(store, 0);
	if (fine || !store_is_late(err))
		return fine;
	*err = ERROR_INIT;
	*count = COUNT_NONE;
	return true;
}

bool store_estimate(struct store *store, const char *collection, int64_t *count, struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	bson_error_t why;
	*count = 0;
	if (!store_may_ask(store, err))
		return false;
	*count = mongoc_collection_estimated_document_count(opened, NULL, NULL, NULL, &why);
	return *count >= 0 || store_lost(store, err, &why, "counting", collection);
}

struct marking {
	const char *field, **value;
	struct arena *arena;
};

static void take_mark(void *context, const bson_t *document) {
	const struct marking *marking = context;
	char text[25];
	bson_iter_t iter;
	if (!bson_iter_init_find(&iter, document, marking->field))
		return;
	if (BSON_ITER_HOLDS_OID(&iter))
		bson_oid_to_string(bson_iter_oid(&iter), text);
	*marking->value = arena_copy(marking->arena, BSON_ITER_HOLDS_OID(&iter) ? text : bson_iter_utf8(&iter, NULL));
}

bool store_mark(struct store *store, const char *collection, const struct filter *filter, const char *field, int steps,
                struct arena *arena, const char **value, struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO opts = BCON_NEW("limit", BCON_INT64(1), "skip", BCON_INT64(steps), "sort", "{", field, BCON_INT32(1), "}",
	                          "projection", "{", field, BCON_INT32(1), "}");
	struct marking marking = { field, value, arena };
	*value = NULL;
	append_hurry(opts, store);
	return walk(store, mongoc_collection_find_with_opts(opened, where, opts, NULL), collection, take_mark, &marking,
	            err);
}
