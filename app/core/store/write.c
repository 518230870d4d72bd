/* Writing documents. */
#include <string.h>

#include "core/store/connection.h"

static bool may_repeat(const bson_error_t *why, int *tries) {
	return store_repeats(store_is_deadlock(why->message), tries);
}

typedef bool write_one(mongoc_collection_t *, const bson_t *, const bson_t *, bson_t *, bson_error_t *);
typedef bool write_two(mongoc_collection_t *, const bson_t *, const bson_t *, const bson_t *, bson_t *, bson_error_t *);

/* Runs a statement on one document, or on a filter and an update, and retries it if possible. The caller destroys the
 * reply. */
static bool run_one(write_one *write, mongoc_collection_t *collection, const bson_t *document, bson_t *reply,
                    bson_error_t *why) {
	int tries = 0;
	bool fine = write(collection, document, NULL, reply, why);
	while (!fine && may_repeat(why, &tries)) {
		bson_destroy(reply);
		fine = write(collection, document, NULL, reply, why);
	}
	return fine;
}

static bool run_two(write_two *write, mongoc_collection_t *collection, const bson_t *filter, const bson_t *change,
                    const bson_t *opts, bson_t *reply, bson_error_t *why) {
	int tries = 0;
	bool fine = write(collection, filter, change, opts, reply, why);
	while (!fine && may_repeat(why, &tries)) {
		bson_destroy(reply);
		fine = write(collection, filter, change, opts, reply, why);
	}
	return fine;
}

static bool insert(struct store *store, const char *collection, const bson_t *document, bson_error_t *why) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	bson_t reply;
	bool fine = run_one(mongoc_collection_insert_one, opened, document, &reply, why);
	bson_destroy(&reply);
	return fine;
}

bool store_insert(struct store *store, const char *collection, const struct record_type *record, const void *object,
                  struct error *err) {
	BSON_AUTO document = store_new_document(record, object);
	bson_error_t why;
	return store_may_ask(store, err) &&
	       (insert(store, collection, document, &why) || store_lost(store, err, &why, "adding to", collection));
}

bool store_insert_once(struct store *store, const char *collection, const struct record_type *record,
                       const void *object, bool *was_there, struct error *err) {
	BSON_AUTO document = store_new_document(record, object);
	bson_error_t why;
	*was_there = false;
	if (!store_may_ask(store, err))
		return false;
	bool fine = insert(store, collection, document, &why);
	*was_there = !fine && why.code == DUPLICATE_KEY;
	return fine || *was_there || store_lost(store, err, &why, "adding to", collection);
}

bool store_create(struct store *store, const char *collection, const struct record_type *record, const void *object,
                  const char *id, bool *was_there, struct error *err) {
	int64_t count = 0;
	return store_insert_once(store, collection, record, object, was_there, err) &&
	       (!*was_there || store_count(store, collection, FILTER(by_id(id)), &count, err)) &&
	       (!*was_there || count || error_set(err, ERROR_CONFLICT, "this exists already"));
}

bson_t *store_new_document(const struct record_type *record, const void *object) {
	bson_t *document = bson_new();
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		if (field->flags & FIELD_REVISION)
			BSON_APPEND_INT64(document, field_stored_name(field), 1);
		else
			(void)field_to_bson(field, object, document);
	return document;
}

static bool update_one(struct store *store, const char *collection, const bson_t *filter, const bson_t *change,
                       bool upsert, bool *matched, struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	BSON_AUTO opts = bson_new();
	bson_t reply;
	bson_iter_t iter;
	bson_error_t why;
	*matched = false;
	if (!store_may_ask(store, err))
		return false;
	if (upsert)
		BSON_APPEND_BOOL(opts, "upsert", true);
	bool fine = run_two(mongoc_collection_update_one, opened, filter, change, opts, &reply, &why);
	*matched = fine && bson_iter_init_find(&iter, &reply, "matchedCount") && bson_iter_as_int64(&iter) > 0;
	bson_destroy(&reply);
	return fine || store_lost(store, err, &why, "changing", collection);
}

bool store_update(struct store *store, const char *collection, const struct filter *filter, const struct update *update,
                  bool *matched, struct error *err) {
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO to = update_to_bson(update);
	return update_one(store, collection, where, to, false, matched, err);
}

bool store_update_all(struct store *store, const char *collection, const struct filter *filter,
                      const struct update *update, struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO to = update_to_bson(update);
	bson_t reply;
	bson_error_t why;
	if (!store_may_ask(store, err))
		return false;
	bool fine = run_two(mongoc_collection_update_many, opened, where, to, NULL, &reply, &why);
	bson_destroy(&reply);
	return fine || store_lost(store, err, &why, "changing", collection);
}

bool store_upsert(struct store *store, const char *collection, const struct filter *filter, const struct update *update,
                  struct error *err) {
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO to = update_to_bson(update);
	bool matched;
	return update_one(store, collection, where, to, true, &matched, err);
}

static const struct field *revision_of(const struct record_type *record) {
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		if (field->flags & FIELD_REVISION)
			return field;
	return NULL;
}

static int64_t revision_in(const struct field *revision, const void *object) {
	return revision ? *(const int64_t *)((const char *)object + revision->offset) : COUNT_NONE;
}

/* The stored revision is that of the object; documents without one have 0. */
static struct condition at_revision(const struct field *field, int64_t revision) {
	if (revision == COUNT_NONE)
		return anything();
	return revision ? eq_count(field_stored_name(field), revision) : is_absent(field_stored_name(field));
}

static const char STALE[] = "rev"; /* `field` of the error */

bool store_raise_stale(struct error *err) {
	(void)error_field(err, STALE, "Somebody else saved this after you opened it");
	err->kind = ERROR_CONFLICT;
	return false;
}

bool store_is_stale(const struct error *err) {
	return err->kind == ERROR_CONFLICT && strcmp(err->field, STALE) == 0;
}

/* No document of that revision matched: does one with another revision? */
static bool check_stale(struct store *store, const char *collection, const struct filter *filter, int64_t revision,
                        bool found, struct error *err) {
	int64_t existing = 0;
	if (found || revision == COUNT_NONE)
		return true;
	return store_count(store, collection, filter, &existing, err) && (!existing || store_raise_stale(err));
}

bool store_save(struct store *store, const char *collection, const struct filter *filter,
                const struct record_type *record, const void *object, const struct members *members, bool *found,
                struct error *err) {
	const struct field *field = revision_of(record);
	int64_t revision = revision_in(field, object);
	const struct condition its = { .op = FILTER_ALL_OF, .nested = filter };
	const struct update *update = UPDATE(set_record(record, object, members),
	                                     field ? add_count(field_stored_name(field), 1) : no_edit());
	return store_update(store, collection, FILTER(its, at_revision(field, revision)), update, found, err) &&
	       check_stale(store, collection, filter, revision, *found, err);
}

bool store_remove(struct store *store, const char *collection, const struct filter *filter,
                  const struct record_type *record, const void *object, bool *found, struct error *err) {
	const struct field *field = revision_of(record);
	int64_t revision = revision_in(field, object), deleted = 0;
	const struct condition its = { .op = FILTER_ALL_OF, .nested = filter };
	bool fine = store_delete(store, collection, FILTER(its, at_revision(field, revision)), &deleted, err);
	*found = fine && deleted > 0;
	return fine && check_stale(store, collection, filter, revision, *found, err);
}

bool store_delete(struct store *store, const char *collection, const struct filter *filter, int64_t *deleted,
                  struct error *err) {
	COLLECTION_AUTO opened = store_collection(store, collection);
	BSON_AUTO where = filter_to_bson(filter);
	bson_t reply;
	bson_iter_t iter;
	bson_error_t why;
	*deleted = 0;
	if (!store_may_ask(store, err))
		return false;
	bool fine = run_one(mongoc_collection_delete_many, opened, where, &reply, &why);
	*deleted = fine && bson_iter_init_find(&iter, &reply, "deletedCount") ? bson_iter_as_int64(&iter) : 0;
	bson_destroy(&reply);
	return fine || store_lost(store, err, &why, "deleting from", collection);
}
