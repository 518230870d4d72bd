/* Copying documents and indexes between collections. */
#include "core/store/flow.h"

#include <string.h>

enum { BATCH_FIRST = 500, BATCH_MAX = 50000, BATCH_MS = 1500 };

static mongoc_collection_t *target_of(const struct flow *flow) {
	return mongoc_client_get_collection(flow->store->client, flow->into_database, flow->into);
}

bool flow_walk_ids(mongoc_collection_t *collection, const bson_value_t *after, bool backwards, int limit,
                   bson_value_t *last, int *count, struct error *err) {
	BSON_AUTO filter = bson_new();
	BSON_AUTO opts = BCON_NEW("projection", "{", "_id", BCON_INT32(1), "}", "sort", "{", "_id",
	                          BCON_INT32(backwards ? -1 : 1), "}", "limit", BCON_INT64(limit));
	const bson_t *document;
	bson_error_t why;
	bson_t bound;
	bson_iter_t iter;
	if (after) {
		BSON_APPEND_DOCUMENT_BEGIN(filter, "_id", &bound);
		BSON_APPEND_VALUE(&bound, "$gt", after);
		bson_append_document_end(filter, &bound);
	}
	CURSOR_AUTO cursor = mongoc_collection_find_with_opts(collection, filter, opts, NULL);
	for (*count = 0; mongoc_cursor_next(cursor, &document); ++*count) {
		if (*count)
			bson_value_destroy(last);
		if (bson_iter_init_find(&iter, document, "_id"))
			bson_value_copy(bson_iter_value(&iter), last);
	}
	if (mongoc_cursor_error_document(cursor, &why, NULL))
		return store_failed(err, &why, "reading the ids of", mongoc_collection_get_name(collection));
	return true;
}

/* Ids of mixed types cannot be paged by comparison: a comparison only matches its own type. */
static bool has_one_type(struct store *store, const char *name, bool *one, struct error *err) {
	COLLECTION_AUTO collection = store_collection(store, name);
	bson_value_t first, last;
	int count;
	if (!flow_walk_ids(collection, NULL, false, 1, &first, &count, err))
		return false;
	*one = true;
	if (count == 0)
		return true;
	bool fine = flow_walk_ids(collection, NULL, true, 1, &last, &count, err);
	if (fine && count) {
		*one = first.value_type == last.value_type;
		bson_value_destroy(&last);
	}
	bson_value_destroy(&first);
	return fine;
}

static void append_bounds(bson_t *stages, const bson_value_t *after, const bson_value_t *end) {
	bson_t stage, match, bound;
	BSON_APPEND_DOCUMENT_BEGIN(stages, "0", &stage);
	BSON_APPEND_DOCUMENT_BEGIN(&stage, "$match", &match);
	if (end) {
		BSON_APPEND_DOCUMENT_BEGIN(&match, "_id", &bound);
		if (after)
			BSON_APPEND_VALUE(&bound, "$gt", after);
		BSON_APPEND_VALUE(&bound, "$lte", end);
		bson_append_document_end(&match, &bound);
	}
	bson_append_document_end(&stage, &match);
	bson_append_document_end(stages, &stage);
}

static void append_merge(bson_t *stages, const char *key, const struct flow *flow) {
	BSON_AUTO merge = BCON_NEW("$merge", "{", "into", "{", "db", BCON_UTF8(flow->into_database), "coll",
	                           BCON_UTF8(flow->into), "}", "on", BCON_UTF8("_id"), "whenMatched", BCON_UTF8("replace"),
	                           "whenNotMatched", BCON_UTF8("insert"), "}");
	BSON_APPEND_DOCUMENT(stages, key, merge);
}

/* Copies documents after `after` up to `end`, or all if there is no end. */
static bool pass_batch(const struct flow *flow, const bson_value_t *after, const bson_value_t *end, struct error *err) {
	COLLECTION_AUTO from = store_collection(flow->store, flow->from);
	BSON_AUTO pipeline = bson_new();
	bson_t stages;
	bson_iter_t iter;
	char key[ARRAY_KEY];
	const bson_t *ignored;
	bson_error_t why;
	int count = 1;
	BSON_APPEND_ARRAY_BEGIN(pipeline, "pipeline", &stages);
	append_bounds(&stages, after, end);
	for (bool more = flow->stages && bson_iter_init(&iter, flow->stages); more && bson_iter_next(&iter); count++)
		BSON_APPEND_VALUE(&stages, array_key(count, key), bson_iter_value(&iter));
	append_merge(&stages, array_key(count, key), flow);
	bson_append_array_end(pipeline, &stages);
	CURSOR_AUTO cursor = mongoc_collection_aggregate(from, MONGOC_QUERY_NONE, pipeline, NULL, NULL);
	while (mongoc_cursor_next(cursor, &ignored))
		continue;
	if (mongoc_cursor_error_document(cursor, &why, NULL))
		return store_failed(err, &why, "carrying over", flow->from);
	return true;
}

/* Aims at BATCH_MS per batch, whatever the machine and the size of the documents. */
static int next_size(int size, int64_t took_ms) {
	int64_t wanted = took_ms > 0 ? size * BATCH_MS / took_ms : BATCH_MAX;
	int64_t bounded = wanted > size * INT64_C(2) ? size * INT64_C(2) : wanted;
	return (int)(bounded > BATCH_MAX ? BATCH_MAX : bounded < 10 ? 10 : bounded);
}

/* Completion is reported by flow_pass(). */
static void tell(const struct flow *flow) {
	if (flow->tell && flow->done < flow->of)
		flow->tell(flow->from, flow->done, flow->of);
}

static bool pass_batches(struct flow *flow, struct error *err) {
	COLLECTION_AUTO from = store_collection(flow->store, flow->from);
	COLLECTION_AUTO into = target_of(flow);
	bson_value_t after, end;
	int size = BATCH_FIRST, resumed = 0, count = 1;
	if (!flow->rekeys && !flow_walk_ids(into, NULL, true, 1, &after, &resumed, err))
		return false;
	bool has_after = resumed > 0, fine = true;
	while (fine && count) {
		int64_t began = monotonic_ms();
		fine = flow_walk_ids(from, has_after ? &after : NULL, false, size, &end, &count, err);
		if (!fine || !count)
			break;
		fine = pass_batch(flow, has_after ? &after : NULL, &end, err);
		if (has_after)
			bson_value_destroy(&after);
		after = end;
		has_after = true;
		flow->done += count;
		size = next_size(size, monotonic_ms() - began);
		tell(flow);
	}
	if (has_after)
		bson_value_destroy(&after);
	return fine;
}

static bool count_in(mongoc_collection_t *collection, int64_t *count, struct error *err) {
	BSON_AUTO all = bson_new();
	bson_error_t why;
	*count = mongoc_collection_count_documents(collection, all, NULL, NULL, NULL, &why);
	return *count >= 0 || store_failed(err, &why, "counting", mongoc_collection_get_name(collection));
}

bool flow_pass(struct flow *flow, struct error *err) {
	COLLECTION_AUTO from = store_collection(flow->store, flow->from);
	COLLECTION_AUTO into = target_of(flow);
	int64_t arrived;
	bool one_type;
	if (!count_in(from, &flow->of, err) || !count_in(into, &flow->done, err) ||
	    !has_one_type(flow->store, flow->from, &one_type, err))
		return false;
	if (flow->rekeys)
		flow->done = 0;
	if (!(one_type ? pass_batches(flow, err) : pass_batch(flow, NULL, NULL, err)) || !count_in(into, &arrived, err))
		return false;
	if (flow->tell)
		flow->tell(flow->from, arrived, arrived);
	return arrived == flow->of || error_set(err, ERROR_FAULT, "%lld of %lld documents of %s were carried over",
	                                        (long long)arrived, (long long)flow->of, flow->from);
}

bool flow_collections(struct store *store, const char *database, struct arena *arena, struct strings *names,
                      struct error *err) {
	mongoc_database_t *opened = mongoc_client_get_database(store->client, database);
	bson_error_t why;
	char **found = mongoc_database_get_collection_names_with_opts(opened, NULL, &why);
	mongoc_database_destroy(opened);
	if (!found)
		return store_failed(err, &why, "listing the collections of", database);
	int count = 0;
	while (found[count])
		count++;
	*names = (struct strings){ arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		if (!text_starts(found[i], "system."))
			names->items[names->count++] = arena_copy(arena, found[i]);
	bson_strfreev(found);
	return true;
}

bool flow_command(struct store *store, const char *database, const bson_t *command, struct error *err) {
	bson_t reply;
	bson_error_t why;
	bool fine = mongoc_client_write_command_with_opts(store->client, database, command, NULL, &reply, &why);
	bson_destroy(&reply);
	return fine || store_failed(err, &why, "command", "refused");
}

void indexing_begin(struct indexing *indexing, const char *collection) {
	bson_init(&indexing->command);
	BSON_APPEND_UTF8(&indexing->command, "createIndexes", collection);
	BSON_APPEND_ARRAY_BEGIN(&indexing->command, "indexes", &indexing->indexes);
	indexing->count = 0;
}

void indexing_add(struct indexing *indexing, const bson_t *index) {
	char key[ARRAY_KEY];
	bson_t copy = BSON_INITIALIZER;
	bson_copy_to_excluding_noinit(index, &copy, "v", "ns", "storageEngine", "background", NULL);
	const char *index_key = array_key(indexing->count++, key);
	BSON_APPEND_DOCUMENT(&indexing->indexes, index_key, &copy);
	bson_destroy(&copy);
}

bool indexing_end(struct indexing *indexing, struct store *store, const char *database, struct error *err) {
	bson_append_array_end(&indexing->command, &indexing->indexes);
	bool fine = indexing->count == 0 || flow_command(store, database, &indexing->command, err);
	bson_destroy(&indexing->command);
	return fine;
}

/* Does the array contain the text? */
static bool names_it(const bson_t *array, const char *text) {
	bson_iter_t iter;
	if (!array || !bson_iter_init(&iter, array))
		return false;
	while (bson_iter_next(&iter))
		if (BSON_ITER_HOLDS_UTF8(&iter) && strcmp(bson_iter_utf8(&iter, NULL), text) == 0)
			return true;
	return false;
}

bool indexing_add_of(struct indexing *indexing, struct store *store, const char *collection, const bson_t *dropped,
                     struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	CURSOR_AUTO cursor = mongoc_collection_find_indexes_with_opts(opened, NULL);
	const bson_t *index;
	bson_error_t why;
	bson_iter_t iter;
	while (mongoc_cursor_next(cursor, &index)) {
		const char *name = bson_iter_init_find(&iter, index, "name") ? bson_iter_utf8(&iter, NULL) : "";
		if (strcmp(name, "_id_") != 0 && !names_it(dropped, name))
			indexing_add(indexing, index);
	}
	if (mongoc_cursor_error_document(cursor, &why, NULL))
		return store_failed(err, &why, "listing the indexes of", collection);
	return true;
}
