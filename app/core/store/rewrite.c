/* Rewriting collections. */
#include "core/store/rewrite.h"

#include <string.h>

#include "core/store/connection.h"

enum { INDEX_NOT_FOUND = 27, BATCH_FIRST = 500, BATCH_MAX = 50000, BATCH_MS = 1500 };

static const char REWRITES[] = "schema_rewrites", COPY_STATE[] = "migration_copy";

/* Documents of one collection on their way through a pipeline into another one, in the order of their ids. */
struct flow {
	struct store *store;
	const char *from, *into_database, *into;
	const bson_t *stages; /* an array; NULL: as they are */
	bool rekeys;          /* the documents get other ids: what has arrived does not tell how far it came */
	rewrite_progress *tell;
	int64_t done, of;
};

static mongoc_collection_t *target_of(const struct flow *flow) {
	return mongoc_client_get_collection(flow->store->client, flow->into_database, flow->into);
}

/* The ids of up to `limit` documents after `after` (NULL: from the first, or the last with `backwards`); *last is to be
 * destroyed when *count is not 0. */
static bool walk_ids(mongoc_collection_t *collection, const bson_value_t *after, bool backwards, int limit,
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

/* Ids of several types cannot be walked by comparing them: a comparison meets only its own type. */
static bool has_one_type(struct store *store, const char *name, bool *one, struct error *err) {
	COLLECTION_AUTO collection = store_collection(store, name);
	bson_value_t first, last;
	int count;
	if (!walk_ids(collection, NULL, false, 1, &first, &count, err))
		return false;
	*one = true;
	if (count == 0)
		return true;
	bool fine = walk_ids(collection, NULL, true, 1, &last, &count, err);
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

/* Those after `after` up to `end`; all where there is no end. */
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

/* So that a batch takes about BATCH_MS, on whatever machine, however large the documents are. */
static int next_size(int size, int64_t took_ms) {
	int64_t wanted = took_ms > 0 ? size * BATCH_MS / took_ms : BATCH_MAX;
	int64_t bounded = wanted > size * INT64_C(2) ? size * INT64_C(2) : wanted;
	return (int)(bounded > BATCH_MAX ? BATCH_MAX : bounded < 10 ? 10 : bounded);
}

/* The last word has pass(). */
static void tell(const struct flow *flow) {
	if (flow->tell && flow->done < flow->of)
		flow->tell(flow->from, flow->done, flow->of);
}

static bool pass_batches(struct flow *flow, struct error *err) {
	COLLECTION_AUTO from = store_collection(flow->store, flow->from);
	COLLECTION_AUTO into = target_of(flow);
	bson_value_t after, end;
	int size = BATCH_FIRST, resumed = 0, count = 1;
	if (!flow->rekeys && !walk_ids(into, NULL, true, 1, &after, &resumed, err))
		return false;
	bool has_after = resumed > 0, fine = true;
	while (fine && count) {
		int64_t began = monotonic_ms();
		fine = walk_ids(from, has_after ? &after : NULL, false, size, &end, &count, err);
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

/* Goes on after what the target holds already; every document must have come through. */
static bool pass(struct flow *flow, struct error *err) {
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

/* The collections of a database, those of the server itself left out. */
static bool list_collections(struct store *store, const char *database, struct arena *arena, struct strings *names,
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

bool rewrite_is_empty(struct store *store, bool *empty, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct strings names;
	bson_value_t id;
	*empty = true;
	if (!list_collections(store, store->name, arena, &names, err))
		return false;
	for (int i = 0, count = 0; i < names.count && *empty; i++) {
		COLLECTION_AUTO collection = store_collection(store, names.items[i]);
		if (text_starts(names.items[i], "schema_"))
			continue;
		if (!walk_ids(collection, NULL, false, 1, &id, &count, err))
			return false;
		if (count)
			bson_value_destroy(&id);
		*empty = count == 0;
	}
	return true;
}

static bool run_command(struct store *store, const char *database, const bson_t *command, struct error *err) {
	bson_t reply;
	bson_error_t why;
	bool fine = mongoc_client_write_command_with_opts(store->client, database, command, NULL, &reply, &why);
	bson_destroy(&reply);
	return fine || store_failed(err, &why, "command", "refused");
}

/* { createIndexes: …, indexes: […] } while it is being written. */
struct indexing {
	bson_t command, indexes;
	int count;
};

static void begin_indexing(struct indexing *indexing, const char *collection) {
	bson_init(&indexing->command);
	BSON_APPEND_UTF8(&indexing->command, "createIndexes", collection);
	BSON_APPEND_ARRAY_BEGIN(&indexing->command, "indexes", &indexing->indexes);
	indexing->count = 0;
}

static void add_index(struct indexing *indexing, const bson_t *index) {
	char key[ARRAY_KEY];
	bson_t copy = BSON_INITIALIZER;
	bson_copy_to_excluding_noinit(index, &copy, "v", "ns", "storageEngine", "background", NULL);
	const char *index_key = array_key(indexing->count++, key);
	BSON_APPEND_DOCUMENT(&indexing->indexes, index_key, &copy);
	bson_destroy(&copy);
}

static bool end_indexing(struct indexing *indexing, struct store *store, const char *database, struct error *err) {
	bson_append_array_end(&indexing->command, &indexing->indexes);
	bool fine = indexing->count == 0 || run_command(store, database, &indexing->command, err);
	bson_destroy(&indexing->command);
	return fine;
}

/* Is the text among the items of the array? */
static bool names_it(const bson_t *array, const char *text) {
	bson_iter_t iter;
	if (!array || !bson_iter_init(&iter, array))
		return false;
	while (bson_iter_next(&iter))
		if (BSON_ITER_HOLDS_UTF8(&iter) && strcmp(bson_iter_utf8(&iter, NULL), text) == 0)
			return true;
	return false;
}

/* The indexes of a collection but those in `dropped` (an array of names, or NULL) and that of _id. */
static bool add_indexes_of(struct indexing *indexing, struct store *store, const char *collection,
                           const bson_t *dropped, struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	CURSOR_AUTO cursor = mongoc_collection_find_indexes_with_opts(opened, NULL);
	const bson_t *index;
	bson_error_t why;
	bson_iter_t iter;
	while (mongoc_cursor_next(cursor, &index)) {
		const char *name = bson_iter_init_find(&iter, index, "name") ? bson_iter_utf8(&iter, NULL) : "";
		if (strcmp(name, "_id_") != 0 && !names_it(dropped, name))
			add_index(indexing, index);
	}
	if (mongoc_cursor_error_document(cursor, &why, NULL))
		return store_failed(err, &why, "listing the indexes of", collection);
	return true;
}

static bool copy_collection(struct store *store, const char *name, const char *copy, rewrite_progress *tells,
                            struct error *err) {
	struct flow flow = { .store = store, .from = name, .into_database = copy, .into = name, .tell = tells };
	struct indexing indexing;
	begin_indexing(&indexing, name);
	bool listed = add_indexes_of(&indexing, store, name, NULL, err);
	return end_indexing(&indexing, store, copy, err) && listed && pass(&flow, err);
}

static bool save_copy_state(struct store *store, const char *copy, const char *state, struct error *err) {
	BSON_AUTO command = BCON_NEW("update", BCON_UTF8(COPY_STATE), "updates", "[", "{", "q", "{", "_id",
	                             BCON_UTF8("state"), "}", "u", "{", "$set", "{", "state", BCON_UTF8(state), "of",
	                             BCON_UTF8(store->name), "at", BCON_DATE_TIME(moment_now().ms), "}", "}", "upsert",
	                             BCON_BOOL(true), "}", "]");
	return run_command(store, copy, command, err);
}

/* What an earlier attempt left is no use: the programs may have gone on since. */
static bool drop_earlier(struct store *store, const char *copy, struct arena *arena, struct error *err) {
	struct strings names;
	BSON_AUTO command = BCON_NEW("dropDatabase", BCON_INT32(1));
	if (!list_collections(store, copy, arena, &names, err) || names.count == 0)
		return names.count == 0;
	if (!strings_have(&names, COPY_STATE))
		return error_set(err, ERROR_CONFLICT,
		                 "there is a database %s already, and it is no copy that a migration made: rename or drop it",
		                 copy);
	return run_command(store, copy, command, err);
}

bool rewrite_copy(struct store *store, const char *copy, rewrite_progress *tells, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct strings names;
	if (!list_collections(store, store->name, arena, &names, err) || !drop_earlier(store, copy, arena, err) ||
	    !save_copy_state(store, copy, "copying", err))
		return false;
	for (int i = 0; i < names.count; i++)
		if (!copy_collection(store, names.items[i], copy, tells, err))
			return error_note(err, "copying into %s", copy);
	return save_copy_state(store, copy, "whole", err);
}

enum rewrite_state { REWRITE_UNKNOWN, REWRITE_FILLING, REWRITE_FILLED, REWRITE_DONE };
static const char *const state_names[] = { "unknown", "filling", "filled", "done" };
static const struct choices rewrite_states = CHOICES(state_names);

struct rewrite {
	const char *id; /* "012-own-ids.json contact_events" */
	unsigned state;
};
static const struct field rewrite_fields[] = {
	FIELD(struct rewrite, id, .stored = "_id"),
	FIELD(struct rewrite, state, .choices = &rewrite_states),
};
static const struct record_type rewrite_record = RECORD_TYPE("Rewrite", struct rewrite, rewrite_fields);

static bool save_state(struct store *store, struct rewrite *rewrite, enum rewrite_state state, struct error *err) {
	rewrite->state = state;
	return store_upsert(store, REWRITES, FILTER(eq_text("_id", rewrite->id)),
	                    UPDATE(set_choice("state", &rewrite_states, state)), err);
}

/* An array of the command; false where it has none. */
static bool find_array(const bson_t *command, const char *name, bson_t *array) {
	bson_iter_t iter;
	const uint8_t *bytes;
	uint32_t size;
	if (!bson_iter_init_find(&iter, command, name) || !BSON_ITER_HOLDS_ARRAY(&iter))
		return false;
	bson_iter_array(&iter, &size, &bytes);
	return bson_init_static(array, bytes, size);
}

static void add_new_indexes(struct indexing *indexing, const bson_t *command) {
	bson_t array, index;
	bson_iter_t iter;
	const uint8_t *bytes;
	uint32_t size;
	if (!find_array(command, "indexes", &array) || !bson_iter_init(&iter, &array))
		return;
	while (bson_iter_next(&iter)) {
		bson_iter_document(&iter, &size, &bytes);
		if (bson_init_static(&index, bytes, size))
			add_index(indexing, &index);
	}
}

/* Drops those indexes of a collection whose names are in the array. */
static bool drop_indexes(struct store *store, const char *name, const bson_t *dropped, struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, name);
	bson_error_t why;
	bson_iter_t iter;
	bool fine = bson_iter_init(&iter, dropped);
	while (fine && bson_iter_next(&iter)) {
		const char *index = bson_iter_utf8(&iter, NULL);
		fine = mongoc_collection_drop_index_with_opts(opened, index, NULL, &why) || why.code == INDEX_NOT_FOUND;
	}
	return fine || store_failed(err, &why, "dropping an index of", name);
}

/* Of a collection without documents. */
static bool change_indexes(struct store *store, const char *name, bool there, const bson_t *command,
                           struct error *err) {
	struct indexing indexing;
	bson_t dropped;
	if (there && find_array(command, "drop", &dropped) && !drop_indexes(store, name, &dropped, err))
		return false;
	begin_indexing(&indexing, name);
	add_new_indexes(&indexing, command);
	return end_indexing(&indexing, store, store->name, err);
}

static bool begin(struct store *store, struct rewrite *rewrite, const char *name, const char *fresh_name,
                  const bson_t *command, struct error *err) {
	struct indexing indexing;
	bson_t dropped;
	bool drops = find_array(command, "drop", &dropped);
	begin_indexing(&indexing, fresh_name);
	bool listed = add_indexes_of(&indexing, store, name, drops ? &dropped : NULL, err);
	add_new_indexes(&indexing, command);
	return end_indexing(&indexing, store, store->name, err) && listed &&
	       save_state(store, rewrite, REWRITE_FILLING, err);
}

static bool fill(struct store *store, struct rewrite *rewrite, const char *name, const char *fresh_name,
                 const bson_t *command, rewrite_progress *tells, struct error *err) {
	bson_t stages;
	struct flow flow = {
		.store = store, .from = name, .into_database = store->name, .into = fresh_name, .tell = tells
	};
	bson_iter_t iter;
	if (find_array(command, "pipeline", &stages))
		flow.stages = &stages;
	flow.rekeys = bson_iter_init_find(&iter, command, "rekey") && bson_iter_as_bool(&iter);
	return pass(&flow, err) && save_state(store, rewrite, REWRITE_FILLED, err);
}

/* It has taken its place already where it is gone. */
static bool take_place(struct store *store, struct rewrite *rewrite, const char *name, const char *fresh_name,
                       struct arena *arena, struct error *err) {
	struct strings names;
	char *from = arena_print(arena, "%s.%s", store->name, fresh_name),
		 *to = arena_print(arena, "%s.%s", store->name, name);
	BSON_AUTO command = BCON_NEW("renameCollection", BCON_UTF8(from), "to", BCON_UTF8(to), "dropTarget",
	                             BCON_BOOL(true));
	if (!list_collections(store, store->name, arena, &names, err) ||
	    (strings_have(&names, fresh_name) && !run_command(store, "admin", command, err)))
		return false;
	return save_state(store, rewrite, REWRITE_DONE, err);
}

/* A collection that there never was needs no new shape. */
static bool is_there(struct store *store, const char *name, struct arena *arena, bool *there, struct error *err) {
	struct strings names;
	if (!list_collections(store, store->name, arena, &names, err))
		return false;
	*there = strings_have(&names, name);
	return true;
}

bool rewrite_collection(struct store *store, const char *migration, const bson_t *command, bool fresh,
                        rewrite_progress *tells, struct error *err) {
	ARENA_AUTO arena = arena_new();
	bson_iter_t iter;
	const char *name = bson_iter_init_find(&iter, command, "rewrite") ? bson_iter_utf8(&iter, NULL) : "";
	const char *fresh_name = arena_print(arena, "%s_rewritten", name);
	struct rewrite rewrite;
	const char *id = arena_print(arena, "%s %s", migration, name);
	bool found, there;
	if (!store_find(store, REWRITES, FILTER(eq_text("_id", id)), NULL, &rewrite_record, arena, &rewrite, &found, err) ||
	    !is_there(store, name, arena, &there, err))
		return false;
	if (fresh || !there)
		return change_indexes(store, name, there, command, err);
	if (!found)
		rewrite = (struct rewrite){ id, REWRITE_UNKNOWN };
	return (rewrite.state >= REWRITE_FILLING || begin(store, &rewrite, name, fresh_name, command, err)) &&
	       (rewrite.state >= REWRITE_FILLED || fill(store, &rewrite, name, fresh_name, command, tells, err)) &&
	       (rewrite.state >= REWRITE_DONE || take_place(store, &rewrite, name, fresh_name, arena, err));
}
