/* Reading documents: one, some, each, counted and added up. */
#include <string.h>

#include "core/store/connection.h"

bool store_find_bson(struct store *store, const char *collection, const bson_t *filter, const bson_t *options,
                     const struct record_type *record, struct arena *arena, void *object, bool *found,
                     struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	BSON_AUTO opts = options ? bson_copy(options) : bson_new();
	const bson_t *document;
	bson_error_t why;
	BSON_APPEND_INT64(opts, "limit", 1);
	BSON_APPEND_BOOL(opts, "singleBatch", true);
	CURSOR_AUTO cursor = mongoc_collection_find_with_opts(opened, filter, opts, NULL);
	*found = mongoc_cursor_next(cursor, &document);
	if (*found)
		record_from_bson(record, document, arena, object);
	if (mongoc_cursor_error_document(cursor, &why, NULL))
		return store_failed(err, &why, "reading", collection);
	return true;
}

bool(store_find)(struct store *store, const char *collection, const struct filter *filter, const struct sort *sort,
                 const struct record_type *record, struct arena *arena, void *object, bool *found, struct error *err) {
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO options = bson_new();
	if (sort)
		sort_append(options, "sort", sort);
	return store_find_bson(store, collection, where, options, record, arena, object, found, err);
}

static bool list(struct store *store, const char *collection, const bson_t *filter, bson_t *opts, int limit,
                 const struct record_type *record, struct arena *arena, void **objects, int *count, struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	const bson_t *document;
	bson_error_t why;
	int room = 64;
	BSON_APPEND_INT64(opts, "limit", limit);
	BSON_APPEND_INT32(opts, "batchSize", limit < 1000 ? limit : 1000);
	CURSOR_AUTO cursor = mongoc_collection_find_with_opts(opened, filter, opts, NULL);
	*count = 0;
	char *rows = arena_alloc(arena, record->size * (size_t)room);
	while (mongoc_cursor_next(cursor, &document)) {
		if (*count == room) {
			char *more = arena_alloc(arena, record->size * (size_t)room * 2);
			memcpy(more, rows, record->size * (size_t)room);
			rows = more;
			room *= 2;
		}
		record_from_bson(record, document, arena, rows + record->size * (size_t)*count);
		++*count;
	}
	*objects = rows;
	if (mongoc_cursor_error_document(cursor, &why, NULL))
		return store_failed(err, &why, "listing", collection);
	return true;
}

bool store_list_bson(struct store *store, const char *collection, const bson_t *filter, const bson_t *sort, int limit,
                     const struct record_type *record, struct arena *arena, void **objects, int *count,
                     struct error *err) {
	BSON_AUTO opts = bson_new();
	if (sort)
		BSON_APPEND_DOCUMENT(opts, "sort", sort);
	return list(store, collection, filter, opts, limit, record, arena, objects, count, err);
}

bool(store_list)(struct store *store, const char *collection, const struct filter *filter, const struct sort *sort,
                 int limit, const struct record_type *record, struct arena *arena, void **objects, int *count,
                 struct error *err) {
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO opts = bson_new();
	if (sort)
		sort_append(opts, "sort", sort);
	return list(store, collection, where, opts, limit, record, arena, objects, count, err);
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

bool(store_each)(struct store *store, const char *collection, const struct filter *filter,
                 const struct record_type *record, void (*each)(void *context, const void *object), void *context,
                 struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO opts = bson_new();
	ARENA_AUTO arena = arena_new();
	const bson_t *document;
	bson_error_t why;
	append_projection(opts, record);
	CURSOR_AUTO cursor = mongoc_collection_find_with_opts(opened, where, opts, NULL);
	while (mongoc_cursor_next(cursor, &document)) {
		arena_reset(arena);
		void *object = arena_alloc(arena, record->size);
		record_from_bson(record, document, arena, object);
		each(context, object);
	}
	if (mongoc_cursor_error_document(cursor, &why, NULL))
		return store_failed(err, &why, "reading", collection);
	return true;
}

bool store_aggregate(struct store *store, const char *collection, const bson_t *pipeline,
                     void (*each)(void *context, const bson_t *document), void *context, struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	const bson_t *document;
	bson_error_t why;
	CURSOR_AUTO cursor = mongoc_collection_aggregate(opened, MONGOC_QUERY_NONE, pipeline, NULL, NULL);
	while (mongoc_cursor_next(cursor, &document))
		each(context, document);
	if (mongoc_cursor_error_document(cursor, &why, NULL))
		return store_failed(err, &why, "aggregating", collection);
	return true;
}

bool store_each_bson(struct store *store, const char *collection, void (*each)(void *context, const bson_t *document),
                     void *context, struct error *err) {
	BSON_AUTO pipeline = BCON_NEW("pipeline", "[", "{", "$match", "{", "}", "}", "]");
	return store_aggregate(store, collection, pipeline, each, context, err);
}

/* What store_sum has asked for. */
struct summing {
	const struct record_type *record;
	void *object;
	int64_t *count;
};

static void take_sum(void *context, const bson_t *document) {
	struct summing *summing = context;
	ARENA_AUTO arena = arena_new();
	bson_iter_t iter;
	record_from_bson(summing->record, document, arena, summing->object);
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
		/* Where no document is met, nothing comes back. */
		*(int64_t *)((char *)object + field->offset) = 0;
	}
}

bool store_sum_bson(struct store *store, const char *collection, const bson_t *filter, const struct record_type *record,
                    void *object, int64_t *count, struct error *err) {
	struct summing summing = { record, object, count };
	BSON_AUTO group = bson_new();
	append_sums(group, record, object);
	BSON_AUTO pipeline = BCON_NEW("pipeline", "[", "{", "$match", BCON_DOCUMENT(filter), "}", "{", "$group",
	                              BCON_DOCUMENT(group), "}", "]");
	*count = 0;
	return store_aggregate(store, collection, pipeline, take_sum, &summing, err);
}

bool(store_sum)(struct store *store, const char *collection, const struct filter *filter,
                const struct record_type *record, void *object, int64_t *count, struct error *err) {
	BSON_AUTO where = filter_to_bson(filter);
	return store_sum_bson(store, collection, where, record, object, count, err);
}

bool store_count_bson(struct store *store, const char *collection, const bson_t *filter, int64_t *count,
                      struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	bson_error_t why;
	*count = mongoc_collection_count_documents(opened, filter, NULL, NULL, NULL, &why);
	return *count >= 0 || store_failed(err, &why, "counting", collection);
}

bool(store_count)(struct store *store, const char *collection, const struct filter *filter, int64_t *count,
                  struct error *err) {
	BSON_AUTO where = filter_to_bson(filter);
	return store_count_bson(store, collection, where, count, err);
}
