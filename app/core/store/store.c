/* MongoDB through libmongoc. */
#include "core/store/store.h"

#include <mongoc/mongoc.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_LIMIT = 20000, DUPLICATE_KEY = 11000, DEADLOCK_TRIES = 5 };

struct store {
	mongoc_client_t *client;
	mongoc_database_t *database;
	char name[64];
	int64_t observed;
};

static void ignore_log(mongoc_log_level_t level, const char *domain, const char *message, void *data) {
	(void)level;
	(void)domain;
	(void)message;
	(void)data;
}

/* The embedded server loses its engine during a crash and says so with code 1 and these words. */
static bool engine_is_away(const bson_error_t *from) {
	static const char *const texts[] = { "unexpected EOF",
		                                 "failed to connect",
		                                 "connection refused",
		                                 "starting up",
		                                 "shutting down",
		                                 "connect: no such file",
		                                 "terminating connection",
		                                 "conn closed",
		                                 "recovery mode",
		                                 "broken pipe",
		                                 "conn busy",
		                                 "accepting connections",
		                                 "connection reset" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (strcasestr(from->message, texts[i]))
			return true;
	return false;
}

static bool is_unavailable(const bson_error_t *from) {
	return from->domain == MONGOC_ERROR_STREAM || from->domain == MONGOC_ERROR_SERVER_SELECTION ||
	       from->domain == MONGOC_ERROR_CLIENT || from->code == 50 || from->code == 91 || from->code == 11600 ||
	       from->code == 10107 || from->code == 189 || engine_is_away(from);
}

static bool failed(struct error *err, const bson_error_t *from, const char *doing, const char *what) {
	enum error_kind kind = from->code == DUPLICATE_KEY ? ERROR_CONFLICT
	                       : is_unavailable(from)      ? ERROR_UNAVAILABLE
	                                                   : ERROR_FAULT;
	return error_set(err, kind, "database: %s %s: %.200s", doing, what, from->message);
}

static mongoc_uri_t *read_uri(const char *text, const char *application, int patience_ms, struct error *err) {
	bson_error_t why;
	mongoc_uri_t *uri = mongoc_uri_new_with_error(text, &why);
	if (!uri) {
		(void)error_set(err, ERROR_INVALID, "MONGODB_URI is no MongoDB address: %.200s", why.message);
		return NULL;
	}
	(void)mongoc_uri_set_option_as_bool(uri, MONGOC_URI_SERVERSELECTIONTRYONCE, false);
	(void)mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, patience_ms);
	(void)mongoc_uri_set_option_as_int32(uri, MONGOC_URI_CONNECTTIMEOUTMS, 2000);
	(void)mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS, patience_ms < 5000 ? 3500 : 30000);
	(void)mongoc_uri_set_appname(uri, application);
	return uri;
}

struct store *store_open(const char *uri_text, const char *database, const char *application, int patience_ms,
                         struct error *err) {
	static bool started = false;
	if (!started) {
		mongoc_log_set_handler(ignore_log, NULL); /* before it has something to say */
		mongoc_init();
		started = true;
	}
	mongoc_uri_t *uri = read_uri(uri_text, application, patience_ms, err);
	if (!uri)
		return NULL;
	struct store *store = calloc(1, sizeof *store);
	if (!store)
		abort();
	store->client = mongoc_client_new_from_uri(uri);
	mongoc_uri_destroy(uri);
	if (!store->client) {
		free(store);
		(void)error_set(err, ERROR_INVALID, "MONGODB_URI asks for what this build cannot do");
		return NULL;
	}
	(void)mongoc_client_set_error_api(store->client, MONGOC_ERROR_API_VERSION_2);
	store->database = mongoc_client_get_database(store->client, database);
	store->observed = STORE_UNOBSERVED;
	bson_strncpy(store->name, database, sizeof store->name);
	return store;
}

void store_close(struct store *store) {
	if (!store)
		return;
	mongoc_database_destroy(store->database);
	mongoc_client_destroy(store->client);
	free(store);
}

const char *store_new_id(struct arena *arena) {
	bson_oid_t oid;
	char *text = arena_alloc(arena, 25);
	bson_oid_init(&oid, NULL);
	bson_oid_to_string(&oid, text);
	return text;
}

bson_t *store_filter_id(const char *id, const char *field) {
	bson_oid_t oid;
	if (!bson_oid_is_valid(id, strlen(id)))
		return field ? BCON_NEW(field, BCON_UTF8(id)) : BCON_NEW("_id", BCON_NULL);
	bson_oid_init_from_string(&oid, id);
	return BCON_NEW("_id", BCON_OID(&oid));
}

bson_t *store_filter_ids(const struct strings *ids) {
	bson_t *filter = bson_new(), within, items;
	char key[16];
	const char *index;
	BSON_APPEND_DOCUMENT_BEGIN(filter, "_id", &within);
	BSON_APPEND_ARRAY_BEGIN(&within, "$in", &items);
	for (int i = 0; i < ids->count; i++) {
		bson_oid_t oid;
		if (!bson_oid_is_valid(ids->items[i], strlen(ids->items[i])))
			continue;
		bson_oid_init_from_string(&oid, ids->items[i]);
		(void)bson_uint32_to_string((uint32_t)i, &index, key, sizeof key);
		BSON_APPEND_OID(&items, index, &oid);
	}
	bson_append_array_end(&within, &items);
	bson_append_document_end(filter, &within);
	return filter;
}

bson_t *store_filter_in(const char *field, const struct strings *texts) {
	bson_t *filter = bson_new(), in, list;
	char key[16];
	const char *index;
	BSON_APPEND_DOCUMENT_BEGIN(filter, field, &in);
	BSON_APPEND_ARRAY_BEGIN(&in, "$in", &list);
	for (int i = 0; i < texts->count; i++) {
		(void)bson_uint32_to_string((uint32_t)i, &index, key, sizeof key);
		BSON_APPEND_UTF8(&list, index, texts->items[i]);
	}
	bson_append_array_end(&in, &list);
	bson_append_document_end(filter, &in);
	return filter;
}

char *store_pattern(struct arena *arena, const char *text) {
	BUF_AUTO out = { 0 };
	for (; *text; text++) {
		if (strchr("\\^$.|?*+()[]{}", *text))
			buf_char(&out, '\\');
		buf_char(&out, *text);
	}
	return arena_copy(arena, buf_text(&out));
}

static void close_collection(mongoc_collection_t **collection) {
	mongoc_collection_destroy(*collection);
}

static void close_cursor(mongoc_cursor_t **cursor) {
	mongoc_cursor_destroy(*cursor);
}

static void close_bson(bson_t **bson) {
	bson_destroy(*bson);
}

#define COLLECTION_AUTO __attribute__((cleanup(close_collection))) mongoc_collection_t *
#define CURSOR_AUTO __attribute__((cleanup(close_cursor))) mongoc_cursor_t *
#define BSON_AUTO __attribute__((cleanup(close_bson))) bson_t *

static mongoc_collection_t *open_collection(struct store *store, const char *name) {
	return mongoc_client_get_collection(store->client, store->name, name);
}

bool store_find(struct store *store, const char *collection, const bson_t *filter, const bson_t *options,
                const struct record_type *record, struct arena *arena, void *object, bool *found, struct error *err) {
	COLLECTION_AUTO opened = open_collection(store, collection);
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
		return failed(err, &why, "reading", collection);
	return true;
}

bool store_list(struct store *store, const char *collection, const bson_t *filter, const bson_t *sort, int limit,
                const struct record_type *record, struct arena *arena, void **objects, int *count, struct error *err) {
	COLLECTION_AUTO opened = open_collection(store, collection);
	BSON_AUTO opts = bson_new();
	const bson_t *document;
	bson_error_t why;
	int room = 64;
	if (sort)
		BSON_APPEND_DOCUMENT(opts, "sort", sort);
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
		return failed(err, &why, "listing", collection);
	return true;
}

bool store_aggregate(struct store *store, const char *collection, const bson_t *pipeline,
                     void (*each)(void *context, const bson_t *document), void *context, struct error *err) {
	COLLECTION_AUTO opened = open_collection(store, collection);
	const bson_t *document;
	bson_error_t why;
	CURSOR_AUTO cursor = mongoc_collection_aggregate(opened, MONGOC_QUERY_NONE, pipeline, NULL, NULL);
	while (mongoc_cursor_next(cursor, &document))
		each(context, document);
	if (mongoc_cursor_error_document(cursor, &why, NULL))
		return failed(err, &why, "aggregating", collection);
	return true;
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

bool store_sum(struct store *store, const char *collection, const bson_t *filter, const struct record_type *record,
               void *object, int64_t *count, struct error *err) {
	struct summing summing = { record, object, count };
	ARENA_AUTO arena = arena_new();
	bson_t pipeline = BSON_INITIALIZER, stages, stage, group, sum;
	BSON_APPEND_ARRAY_BEGIN(&pipeline, "pipeline", &stages);
	BSON_APPEND_DOCUMENT_BEGIN(&stages, "0", &stage);
	BSON_APPEND_DOCUMENT(&stage, "$match", filter);
	bson_append_document_end(&stages, &stage);
	BSON_APPEND_DOCUMENT_BEGIN(&stages, "1", &stage);
	BSON_APPEND_DOCUMENT_BEGIN(&stage, "$group", &group);
	BSON_APPEND_NULL(&group, "_id");
	BSON_APPEND_DOCUMENT_BEGIN(&group, "documents", &sum);
	BSON_APPEND_INT64(&sum, "$sum", 1);
	bson_append_document_end(&group, &sum);
	for (const struct field *field = record->fields; field < record->fields + record->count; field++) {
		if (field->type != FIELD_COUNT)
			continue;
		const char *name = field_stored_name(field);
		BSON_APPEND_DOCUMENT_BEGIN(&group, name, &sum);
		BSON_APPEND_UTF8(&sum, "$sum", arena_print(arena, "$%s", name));
		bson_append_document_end(&group, &sum);
		/* Where no document is met, nothing comes back. */
		*(int64_t *)((char *)object + field->offset) = 0;
	}
	bson_append_document_end(&stage, &group);
	bson_append_document_end(&stages, &stage);
	bson_append_array_end(&pipeline, &stages);
	*count = 0;
	bool fine = store_aggregate(store, collection, &pipeline, take_sum, &summing, err);
	bson_destroy(&pipeline);
	return fine;
}

bool store_each(struct store *store, const char *collection, void (*each)(void *context, const bson_t *document),
                void *context, struct error *err) {
	BSON_AUTO pipeline = BCON_NEW("pipeline", "[", "{", "$match", "{", "}", "}", "]");
	return store_aggregate(store, collection, pipeline, each, context, err);
}

void store_observe(struct store *store, int64_t data_version) {
	store->observed = data_version;
}

int64_t store_observed(const struct store *store) {
	return store->observed;
}

bool store_drop_database(struct store *store, struct error *err) {
	bson_error_t why;
	return mongoc_database_drop(store->database, &why) || failed(err, &why, "dropping", store->name);
}

bool store_count(struct store *store, const char *collection, const bson_t *filter, int64_t *count, struct error *err) {
	COLLECTION_AUTO opened = open_collection(store, collection);
	bson_error_t why;
	*count = mongoc_collection_count_documents(opened, filter, NULL, NULL, NULL, &why);
	return *count >= 0 || failed(err, &why, "counting", collection);
}

/* PostgreSQL under the embedded server ends one of two statements that wait for each other, and undoes it whole. */
static bool may_repeat(const bson_error_t *why, int *tries) {
	return strstr(why->message, "deadlock detected") && ++*tries < DEADLOCK_TRIES;
}

typedef bool write_one(mongoc_collection_t *, const bson_t *, const bson_t *, bson_t *, bson_error_t *);
typedef bool write_two(mongoc_collection_t *, const bson_t *, const bson_t *, const bson_t *, bson_t *, bson_error_t *);

/* A statement over one document, or over a filter and a change, repeated where it may be. The reply is to be
 * destroyed. */
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

bool store_insert(struct store *store, const char *collection, const bson_t *document, struct error *err) {
	COLLECTION_AUTO opened = open_collection(store, collection);
	bson_t reply;
	bson_error_t why;
	bool fine = run_one(mongoc_collection_insert_one, opened, document, &reply, &why);
	bson_destroy(&reply);
	return fine || failed(err, &why, "adding to", collection);
}

static bool update(struct store *store, const char *collection, const bson_t *filter, const bson_t *change, bool upsert,
                   bool *matched, struct error *err) {
	COLLECTION_AUTO opened = open_collection(store, collection);
	BSON_AUTO opts = bson_new();
	bson_t reply;
	bson_iter_t iter;
	bson_error_t why;
	if (upsert)
		BSON_APPEND_BOOL(opts, "upsert", true);
	bool fine = run_two(mongoc_collection_update_one, opened, filter, change, opts, &reply, &why);
	*matched = fine && bson_iter_init_find(&iter, &reply, "matchedCount") && bson_iter_as_int64(&iter) > 0;
	bson_destroy(&reply);
	return fine || failed(err, &why, "changing", collection);
}

bool store_update(struct store *store, const char *collection, const bson_t *filter, const bson_t *change,
                  bool *matched, struct error *err) {
	return update(store, collection, filter, change, false, matched, err);
}

bool store_update_all(struct store *store, const char *collection, const bson_t *filter, const bson_t *change,
                      struct error *err) {
	COLLECTION_AUTO opened = open_collection(store, collection);
	bson_t reply;
	bson_error_t why;
	bool fine = run_two(mongoc_collection_update_many, opened, filter, change, NULL, &reply, &why);
	bson_destroy(&reply);
	return fine || failed(err, &why, "changing", collection);
}

bool store_upsert(struct store *store, const char *collection, const bson_t *filter, const bson_t *change,
                  struct error *err) {
	bool matched;
	return update(store, collection, filter, change, true, &matched, err);
}

bool store_delete(struct store *store, const char *collection, const bson_t *filter, int64_t *deleted,
                  struct error *err) {
	COLLECTION_AUTO opened = open_collection(store, collection);
	bson_t reply;
	bson_iter_t iter;
	bson_error_t why;
	bool fine = run_one(mongoc_collection_delete_many, opened, filter, &reply, &why);
	*deleted = fine && bson_iter_init_find(&iter, &reply, "deletedCount") ? bson_iter_as_int64(&iter) : 0;
	bson_destroy(&reply);
	return fine || failed(err, &why, "deleting from", collection);
}

struct bulk {
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
	bulk->collection = open_collection(store, collection);
	bulk->operation = mongoc_collection_create_bulk_operation_with_opts(bulk->collection, opts);
	bson_strncpy(bulk->name, collection, sizeof bulk->name);
	return bulk;
}

void bulk_insert(struct bulk *bulk, const bson_t *document) {
	bulk->count += mongoc_bulk_operation_insert_with_opts(bulk->operation, document, NULL, NULL);
}

static void add_update(struct bulk *bulk, const bson_t *filter, const bson_t *change, bool upsert) {
	BSON_AUTO opts = BCON_NEW("upsert", BCON_BOOL(upsert));
	bulk->count += mongoc_bulk_operation_update_one_with_opts(bulk->operation, filter, change, opts, NULL);
}

void bulk_update(struct bulk *bulk, const bson_t *filter, const bson_t *change) {
	add_update(bulk, filter, change, false);
}

void bulk_upsert(struct bulk *bulk, const bson_t *filter, const bson_t *change) {
	add_update(bulk, filter, change, true);
}

void bulk_drop(struct bulk *bulk) {
	mongoc_bulk_operation_destroy(bulk->operation);
	mongoc_collection_destroy(bulk->collection);
	free(bulk);
}

/* Only duplicates among the write errors? */
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

bool bulk_run(struct bulk *bulk, int64_t *inserted, struct error *err) {
	bson_t reply;
	bson_iter_t iter;
	bson_error_t why;
	bool fine = true;
	if (inserted)
		*inserted = 0;
	if (bulk->count) {
		fine = mongoc_bulk_operation_execute(bulk->operation, &reply, &why) != 0 || only_duplicates(&reply);
		if (inserted && bson_iter_init_find(&iter, &reply, "nInserted"))
			*inserted = bson_iter_as_int64(&iter);
		bson_destroy(&reply);
	}
	if (!fine)
		(void)failed(err, &why, "changing", bulk->name);
	bulk_drop(bulk);
	return fine;
}

bool store_command(struct store *store, const bson_t *command, struct error *err) {
	bson_t reply;
	bson_error_t why;
	bool fine = mongoc_database_write_command_with_opts(store->database, command, NULL, &reply, &why);
	bson_destroy(&reply);
	return fine || failed(err, &why, "command", "refused");
}

bool store_ping(struct store *store, struct error *err) {
	BSON_AUTO command = BCON_NEW("ping", BCON_INT32(1));
	bson_error_t why;
	return mongoc_client_command_simple(store->client, "admin", command, NULL, NULL, &why) ||
	       failed(err, &why, "asking", "the server");
}

bool lease_take(struct store *store, const char *name, const char *owner, int64_t ms, struct error *err) {
	struct moment now = moment_now();
	bool matched;
	BSON_AUTO filter = BCON_NEW("_id", BCON_UTF8(name), "$or", "[", "{", "until", "{", "$lt", BCON_DATE_TIME(now.ms),
	                            "}", "}", "{", "owner", BCON_UTF8(owner), "}", "]");
	BSON_AUTO change = BCON_NEW("$set", "{", "owner", BCON_UTF8(owner), "until", BCON_DATE_TIME(now.ms + ms), "}");
	if (!store_update(store, "leases", filter, change, &matched, err))
		return false;
	if (matched)
		return true;
	BSON_AUTO fresh = BCON_NEW("_id", BCON_UTF8(name), "owner", BCON_UTF8(owner), "until", BCON_DATE_TIME(now.ms + ms));
	if (store_insert(store, "leases", fresh, err))
		return true;
	if (err->kind == ERROR_CONFLICT)
		return error_set(err, ERROR_CONFLICT, "%s is held by another process", name);
	return false;
}

bool lease_drop(struct store *store, const char *name, const char *owner, struct error *err) {
	int64_t deleted;
	BSON_AUTO filter = BCON_NEW("_id", BCON_UTF8(name), "owner", BCON_UTF8(owner));
	return store_delete(store, "leases", filter, &deleted, err);
}

static const struct field version_fields[] = {
	FIELD(struct versions, data, .stored = "version"),
	FIELD(struct versions, rights),
	FIELD(struct versions, data_at, .stored = "at"),
};
static const struct record_type version_record = RECORD_TYPE("Versions", struct versions, version_fields);

static int64_t or_zero(int64_t count) {
	return count == COUNT_NONE ? 0 : count;
}

bool versions_read(struct store *store, struct versions *versions, struct error *err) {
	ARENA_AUTO arena = arena_new();
	bool exists;
	*versions = (struct versions){ .data_at = MOMENT_NONE };
	BSON_AUTO filter = BCON_NEW("_id", BCON_UTF8("data"));
	if (!store_find(store, "versions", filter, NULL, &version_record, arena, versions, &exists, err))
		return false;
	versions->data = or_zero(versions->data);
	versions->rights = or_zero(versions->rights);
	return true;
}

bool version_bump(struct store *store, enum version_kind kind, struct error *err) {
	bool matched;
	BSON_AUTO filter = BCON_NEW("_id", BCON_UTF8("data"));
	BSON_AUTO fresh = BCON_NEW("_id", BCON_UTF8("data"), "version", BCON_INT64(0), "rights", BCON_INT64(0));
	BSON_AUTO data = BCON_NEW("$inc", "{", "version", BCON_INT64(1), "}", "$set", "{", "at",
	                          BCON_DATE_TIME(moment_now().ms), "}");
	BSON_AUTO rights = BCON_NEW("$inc", "{", "rights", BCON_INT64(1), "}");
	const bson_t *change = kind == VERSION_DATA ? data : rights;
	if (!store_update(store, "versions", filter, change, &matched, err))
		return false;
	if (matched)
		return true;
	/* Never an upsert: two writers share the document. */
	if (!store_insert(store, "versions", fresh, err) && err->kind != ERROR_CONFLICT)
		return false;
	return store_update(store, "versions", filter, change, &matched, err);
}
