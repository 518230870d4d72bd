/* Bulk writes. */
#include <stdlib.h>

#include "core/store/connection.h"

struct bulk {
	struct store *store;
	mongoc_collection_t *collection;
	mongoc_bulk_operation_t *operation;
	char name[64];
	int count;
};

struct bulk *bulk_open(struct store *store, const char *collection) {
	BSON_AUTO opts = BCON_NEW("ordered", BCON_BOOL(false));
	struct bulk *bulk = calloc(1, sizeof *bulk);
	if (!bulk)
		abort();
	bulk->store = store;
	bulk->collection = store_collection(store, collection);
	bulk->operation = mongoc_collection_create_bulk_operation_with_opts(bulk->collection, opts);
	bson_strncpy(bulk->name, collection, sizeof bulk->name);
	return bulk;
}

void bulk_insert(struct bulk *bulk, const struct record_type *record, const void *object) {
	BSON_AUTO document = store_new_document(record, object);
	bulk->count += mongoc_bulk_operation_insert_with_opts(bulk->operation, document, NULL, NULL);
}

static void add_update(struct bulk *bulk, const struct filter *filter, const struct update *update, bool upsert) {
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO to = update_to_bson(update);
	BSON_AUTO opts = BCON_NEW("upsert", BCON_BOOL(upsert));
	bulk->count += mongoc_bulk_operation_update_one_with_opts(bulk->operation, where, to, opts, NULL);
}

void bulk_update(struct bulk *bulk, const struct filter *filter, const struct update *update) {
	add_update(bulk, filter, update, false);
}

void bulk_upsert(struct bulk *bulk, const struct filter *filter, const struct update *update) {
	add_update(bulk, filter, update, true);
}

void bulk_drop(struct bulk *bulk) {
	mongoc_bulk_operation_destroy(bulk->operation);
	mongoc_collection_destroy(bulk->collection);
	free(bulk);
}

/* Are all write errors duplicate keys? */
static bool only_duplicates(const bson_t *reply) {
	bson_iter_t iter, errors, one;
	bool any = false;
	if (!bson_iter_init_find(&iter, reply, "writeErrors") || !BSON_ITER_HOLDS_ARRAY(&iter) ||
	    !bson_iter_recurse(&iter, &errors))
		return false;
	while (bson_iter_next(&errors)) {
		any = true;
		if (!bson_iter_recurse(&errors, &one) || !bson_iter_find(&one, "code") ||
		    bson_iter_as_int64(&one) != DUPLICATE_KEY)
			return false;
	}
	return any;
}

bool bulk_met_deadlock(const bson_t *reply, const bson_error_t *why) {
	bson_iter_t iter, errors, one;
	if (store_is_deadlock(why->message))
		return true;
	if (!bson_iter_init_find(&iter, reply, "writeErrors") || !BSON_ITER_HOLDS_ARRAY(&iter) ||
	    !bson_iter_recurse(&iter, &errors))
		return false;
	while (bson_iter_next(&errors))
		if (bson_iter_recurse(&errors, &one) && bson_iter_find(&one, "errmsg") && BSON_ITER_HOLDS_UTF8(&one) &&
		    store_is_deadlock(bson_iter_utf8(&one, NULL)))
			return true;
	return false;
}

static int64_t reply_count(const bson_t *reply, const char *name) {
	bson_iter_t iter;
	return bson_iter_init_find(&iter, reply, name) ? bson_iter_as_int64(&iter) : 0;
}

/* Once. What an earlier time has inserted is a duplicate, which counts as done. */
static bool execute(struct bulk *bulk, int64_t *inserted, int64_t *matched, bool *deadlock, bson_error_t *why) {
	bson_t reply;
	bool fine = mongoc_bulk_operation_execute(bulk->operation, &reply, why) != 0 || only_duplicates(&reply);
	*inserted += reply_count(&reply, "nInserted");
	*matched = reply_count(&reply, "nMatched") + reply_count(&reply, "nUpserted");
	*deadlock = !fine && bulk_met_deadlock(&reply, why);
	bson_destroy(&reply);
	return fine;
}

static bool run(struct bulk *bulk, int64_t *inserted, int64_t *matched, struct error *err) {
	bson_error_t why;
	bool fine = true, deadlock = false;
	int tries = 0;
	*inserted = *matched = 0;
	if (bulk->count && !store_may_ask(bulk->store, err)) {
		bulk_drop(bulk);
		return false;
	}
	do
		fine = !bulk->count || execute(bulk, inserted, matched, &deadlock, &why);
	while (!fine && store_repeats(deadlock, &tries));
	if (!fine)
		(void)store_lost(bulk->store, err, &why, "changing", bulk->name);
	bulk_drop(bulk);
	return fine;
}

bool bulk_run(struct bulk *bulk, int64_t *inserted, struct error *err) {
	int64_t count, matched;
	bool fine = run(bulk, &count, &matched, err);
	if (inserted)
		*inserted = count;
	return fine;
}

bool bulk_run_all(struct bulk *bulk, bool *all, struct error *err) {
	int64_t inserted, matched, count = bulk->count;
	bool fine = run(bulk, &inserted, &matched, err);
	*all = fine && inserted + matched == count;
	return fine;
}
