/* Rewriting collections. */
#include <string.h>

#include "core/store/flow.h"

static const char REWRITES[] = "schema_rewrites";

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

/* An array member of the command; false if it has none. */
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
			indexing_add(indexing, &index);
	}
}

/* Drops the collection's indexes named in the array. */
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

/* For a collection without documents. */
static bool change_indexes(struct store *store, const char *name, bool there, const bson_t *command,
                           struct error *err) {
	struct indexing indexing;
	bson_t dropped;
	if (there && find_array(command, "drop", &dropped) && !drop_indexes(store, name, &dropped, err))
		return false;
	indexing_begin(&indexing, name);
	add_new_indexes(&indexing, command);
	return indexing_end(&indexing, store, store->name, err);
}

static bool begin(struct store *store, struct rewrite *rewrite, const char *name, const char *fresh_name,
                  const bson_t *command, struct error *err) {
	struct indexing indexing;
	bson_t dropped;
	bool drops = find_array(command, "drop", &dropped);
	indexing_begin(&indexing, fresh_name);
	bool listed = indexing_add_of(&indexing, store, name, drops ? &dropped : NULL, err);
	add_new_indexes(&indexing, command);
	return indexing_end(&indexing, store, store->name, err) && listed &&
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
	return flow_pass(&flow, err) && save_state(store, rewrite, REWRITE_FILLED, err);
}

/* If the new collection is gone, it has already replaced the old one. */
static bool take_place(struct store *store, struct rewrite *rewrite, const char *name, const char *fresh_name,
                       struct arena *arena, struct error *err) {
	struct strings names;
	char *from = arena_print(arena, "%s.%s", store->name, fresh_name),
		 *to = arena_print(arena, "%s.%s", store->name, name);
	BSON_AUTO command = BCON_NEW("renameCollection", BCON_UTF8(from), "to", BCON_UTF8(to), "dropTarget",
	                             BCON_BOOL(true));
	if (!flow_collections(store, store->name, arena, &names, err) ||
	    (strings_have(&names, fresh_name) && !flow_command(store, "admin", command, err)))
		return false;
	return save_state(store, rewrite, REWRITE_DONE, err);
}

/* A collection that never existed needs no rewrite. */
static bool is_there(struct store *store, const char *name, struct arena *arena, bool *there, struct error *err) {
	struct strings names;
	if (!flow_collections(store, store->name, arena, &names, err))
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
