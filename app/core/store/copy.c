/* The copy of a database that is kept before its data is rewritten. */
#include "core/store/flow.h"

static const char COPY_STATE[] = "migration_copy";

bool rewrite_is_empty(struct store *store, bool *empty, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct strings names;
	bson_value_t id;
	*empty = true;
	if (!flow_collections(store, store->name, arena, &names, err))
		return false;
	for (int i = 0, count = 0; i < names.count && *empty; i++) {
		COLLECTION_AUTO collection = store_collection(store, names.items[i]);
		if (text_starts(names.items[i], "schema_"))
			continue;
		if (!flow_walk_ids(collection, NULL, false, 1, &id, &count, err))
			return false;
		if (count)
			bson_value_destroy(&id);
		*empty = count == 0;
	}
	return true;
}

static bool copy_collection(struct store *store, const char *name, const char *copy, rewrite_progress *tells,
                            struct error *err) {
	struct flow flow = { .store = store, .from = name, .into_database = copy, .into = name, .tell = tells };
	struct indexing indexing;
	indexing_begin(&indexing, name);
	bool listed = indexing_add_of(&indexing, store, name, NULL, err);
	return indexing_end(&indexing, store, copy, err) && listed && flow_pass(&flow, err);
}

static bool save_copy_state(struct store *store, const char *copy, const char *state, struct error *err) {
	BSON_AUTO command = BCON_NEW("update", BCON_UTF8(COPY_STATE), "updates", "[", "{", "q", "{", "_id",
	                             BCON_UTF8("state"), "}", "u", "{", "$set", "{", "state", BCON_UTF8(state), "of",
	                             BCON_UTF8(store->name), "at", BCON_DATE_TIME(moment_now().ms), "}", "}", "upsert",
	                             BCON_BOOL(true), "}", "]");
	return flow_command(store, copy, command, err);
}

static bool drop_copy(struct store *store, const char *copy, bool *there, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct strings names;
	BSON_AUTO command = BCON_NEW("dropDatabase", BCON_INT32(1));
	if (!flow_collections(store, copy, arena, &names, err))
		return false;
	*there = names.count > 0;
	if (*there && !strings_have(&names, COPY_STATE))
		return error_set(err, ERROR_CONFLICT, "the database %s is not a copy that a migration made: rename or drop it",
		                 copy);
	return !*there || flow_command(store, copy, command, err);
}

bool rewrite_drop_copy(struct store *store, const char *copy, struct error *err) {
	bool there;
	return drop_copy(store, copy, &there, err) &&
	       (there || error_set(err, ERROR_MISSING, "there is no database %s", copy));
}

bool rewrite_copy(struct store *store, const char *copy, rewrite_progress *tells, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct strings names;
	bool there;
	/* Leftovers of an earlier attempt are useless: the programs may have run since. */
	if (!flow_collections(store, store->name, arena, &names, err) || !drop_copy(store, copy, &there, err) ||
	    !save_copy_state(store, copy, "copying", err))
		return false;
	for (int i = 0; i < names.count; i++)
		if (!copy_collection(store, names.items[i], copy, tells, err))
			return error_note(err, "copying into %s", copy);
	return save_copy_state(store, copy, "whole", err);
}
