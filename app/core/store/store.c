/* The connection to MongoDB, through libmongoc. */
#include <stdlib.h>
#include <string.h>

#include "core/store/connection.h"

static void ignore_log(mongoc_log_level_t level, const char *domain, const char *message, void *data) {
	(void)level;
	(void)domain;
	(void)message;
	(void)data;
}

/* When the embedded server loses its engine in a crash, it answers code 1 with one of these texts. */
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

/* The embedded server passes on PostgreSQL's words (SQLSTATE 53100); MongoDB has a code. */
static bool is_full(const bson_error_t *from) {
	static const char *const texts[] = { "no space left", "disk full", "disk is full",
		                                 "disk_full",     "53100",     "disk quota" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (strcasestr(from->message, texts[i]))
			return true;
	return from->code == OUT_OF_DISK_SPACE;
}

static bool is_unavailable(const bson_error_t *from) {
	return from->domain == MONGOC_ERROR_STREAM || from->domain == MONGOC_ERROR_SERVER_SELECTION ||
	       from->domain == MONGOC_ERROR_CLIENT || from->code == 50 || from->code == 91 || from->code == 11600 ||
	       from->code == 10107 || from->code == 189 || engine_is_away(from);
}

bool store_failed(struct error *err, const bson_error_t *from, const char *doing, const char *what) {
	enum error_kind kind = from->code == DUPLICATE_KEY ? ERROR_CONFLICT
	                       : is_full(from)             ? ERROR_FULL
	                       : is_unavailable(from)      ? ERROR_UNAVAILABLE
	                                                   : ERROR_FAULT;
	return error_set(err, kind, "%s: %s %s: %.200s", kind == ERROR_FULL ? STORE_FULL : "database", doing, what,
	                 from->message);
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
		mongoc_log_set_handler(ignore_log, NULL); /* before it can log anything */
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
	store->observes = false;
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

const char *store_name(const struct store *store) {
	return store->name;
}

const char *store_new_id(struct arena *arena) {
	bson_oid_t oid;
	char *text = arena_alloc(arena, 25);
	bson_oid_init(&oid, NULL);
	bson_oid_to_string(&oid, text);
	return text;
}

bool store_is_id(const char *text) {
	return text && bson_oid_is_valid(text, strlen(text));
}

struct moment store_id_moment(const char *id) {
	bson_oid_t oid;
	if (!store_is_id(id))
		return MOMENT_NONE;
	bson_oid_init_from_string(&oid, id);
	return (struct moment){ (int64_t)bson_oid_get_time_t(&oid) * SECOND_MS };
}

mongoc_collection_t *store_collection(struct store *store, const char *name) {
	return mongoc_client_get_collection(store->client, store->name, name);
}

void collection_cleanup(mongoc_collection_t **collection) {
	mongoc_collection_destroy(*collection);
}

void cursor_cleanup(mongoc_cursor_t **cursor) {
	mongoc_cursor_destroy(*cursor);
}

void bson_cleanup(bson_t **bson) {
	bson_destroy(*bson);
}

bool store_drop_database(struct store *store, struct error *err) {
	bson_error_t why;
	return mongoc_database_drop(store->database, &why) || store_failed(err, &why, "dropping", store->name);
}

bool store_command(struct store *store, const bson_t *command, struct error *err) {
	bson_t reply;
	bson_error_t why;
	bool fine = mongoc_database_write_command_with_opts(store->database, command, NULL, &reply, &why);
	bson_destroy(&reply);
	return fine || store_failed(err, &why, "command", "refused");
}

bool store_ping(struct store *store, struct error *err) {
	BSON_AUTO command = BCON_NEW("ping", BCON_INT32(1));
	bson_error_t why;
	return mongoc_client_command_simple(store->client, "admin", command, NULL, NULL, &why) ||
	       store_failed(err, &why, "asking", "the server");
}
