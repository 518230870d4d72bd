/* The connection to MongoDB, through libmongoc. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/moment.h"
#include "core/store/connection.h"

enum { QUIET_MS = 500, PROBE_MS = 1000 };

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

bool store_is_deadlock(const char *message) {
	return strcasestr(message, "deadlock detected") != NULL;
}

bool store_repeats(bool deadlock, int *tries) {
	enum { TRIES = 7, FIRST_US = 50000 };
	if (!deadlock || ++*tries == TRIES)
		return false;
	(void)usleep(arc4random_uniform(FIRST_US << *tries));
	return true;
}

static bool is_unavailable(const bson_error_t *from) {
	return from->domain == MONGOC_ERROR_STREAM || from->domain == MONGOC_ERROR_SERVER_SELECTION ||
	       from->domain == MONGOC_ERROR_CLIENT || from->code == TIME_IS_UP || from->code == 91 || from->code == 11600 ||
	       from->code == 10107 || from->code == 189 || store_is_deadlock(from->message) || engine_is_away(from);
}

/* The text may come to a page, the driver's words are for the log. */
bool store_failed(struct error *err, const bson_error_t *from, const char *doing, const char *what) {
	static const char *const words[ERROR_KIND_COUNT] = { [ERROR_CONFLICT] = "this is stored already",
		                                                 [ERROR_FULL] = STORE_FULL,
		                                                 [ERROR_UNAVAILABLE] = STORE_AWAY,
		                                                 [ERROR_FAULT] = STORE_REFUSED };
	enum error_kind kind = from->code == DUPLICATE_KEY ? ERROR_CONFLICT
	                       : is_full(from)             ? ERROR_FULL
	                       : is_unavailable(from)      ? ERROR_UNAVAILABLE
	                                                   : ERROR_FAULT;
	(void)error_set(err, kind, "%s", from->code == TIME_IS_UP ? STORE_LATE : words[kind]);
	return error_note(err, "%s %s: %.160s", doing, what, from->message);
}

/* The server could not be reached, or the connection broke or fell silent. */
static bool is_outage(const bson_error_t *from) {
	return from->domain == MONGOC_ERROR_STREAM || from->domain == MONGOC_ERROR_SERVER_SELECTION;
}

static bool is_patient(int patience_ms) {
	return patience_ms >= 5000;
}

bool store_lost(struct store *store, struct error *err, const bson_error_t *from, const char *doing, const char *what) {
	if (is_outage(from) && !is_patient(store->patience_ms)) {
		store->is_quiet = true;
		store->quiet_until = monotonic_ms() + QUIET_MS;
	}
	return store_failed(err, from, doing, what);
}

bool store_may_ask(struct store *store, struct error *err) {
	if (!store->is_quiet)
		return true;
	(void)error_wait(err, ERROR_UNAVAILABLE, QUIET_MS, STORE_AWAY);
	return error_note(err, "it did not a moment ago");
}

static mongoc_uri_t *read_uri(const char *text, const char *application, int patience_ms, bool probing,
                              struct error *err) {
	bson_error_t why;
	mongoc_uri_t *uri = mongoc_uri_new_with_error(text, &why);
	if (!uri) {
		(void)error_set(err, ERROR_INVALID, "MONGODB_URI is not a MongoDB address: %.200s", why.message);
		return NULL;
	}
	bool patient = is_patient(patience_ms);
	(void)mongoc_uri_set_option_as_bool(uri, MONGOC_URI_SERVERSELECTIONTRYONCE, probing);
	(void)mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, patience_ms);
	(void)mongoc_uri_set_option_as_int32(uri, MONGOC_URI_CONNECTTIMEOUTMS, patient ? 2000 : PROBE_MS);
	(void)mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS, patient ? 30000 : probing ? PROBE_MS : 3000);
	if (!patient) /* a read that was not answered in time would be asked once more, for as long again */
		(void)mongoc_uri_set_option_as_bool(uri, MONGOC_URI_RETRYREADS, false);
	/* libmongoc below 1.25 waits for a lock of its own for ever if a scan of a server that it takes for alive cannot
	 * connect to its socket (CDRIVER-4666). Without scans at intervals, it scans only after an error has told that it
	 * is gone. */
	(void)mongoc_uri_set_option_as_int32(uri, MONGOC_URI_HEARTBEATFREQUENCYMS, INT32_MAX);
	(void)mongoc_uri_set_appname(uri, application);
	return uri;
}

static bool open_connection(struct store *store, bool probing, struct error *err) {
	mongoc_uri_t *uri = read_uri(store->uri, store->application, store->patience_ms, probing, err);
	if (!uri)
		return false;
	store->client = mongoc_client_new_from_uri(uri);
	mongoc_uri_destroy(uri);
	if (!store->client)
		return error_set(err, ERROR_INVALID, "MONGODB_URI asks for what this build cannot do");
	(void)mongoc_client_set_error_api(store->client, MONGOC_ERROR_API_VERSION_2);
	store->database = mongoc_client_get_database(store->client, store->name);
	return true;
}

static void close_connection(struct store *store) {
	mongoc_database_destroy(store->database);
	mongoc_client_destroy(store->client);
	store->database = NULL;
	store->client = NULL;
}

struct store *store_open(const char *uri, const char *database, const char *application, int patience_ms,
                         struct error *err) {
	static bool started = false;
	if (!started) {
		mongoc_log_set_handler(ignore_log, NULL); /* before it can log anything */
		mongoc_init();
		started = true;
	}
	struct store *store = calloc(1, sizeof *store);
	if (!store)
		abort();
	store->uri = bson_strdup(uri);
	store->application = application;
	store->patience_ms = patience_ms;
	bson_strncpy(store->name, database, sizeof store->name);
	if (open_connection(store, false, err))
		return store;
	store_close(store);
	return NULL;
}

void store_close(struct store *store) {
	if (!store)
		return;
	close_connection(store);
	bson_free(store->uri);
	free(store);
}

static void reopen(struct store *store, bool probing) {
	struct error ignored; /* the address was read before */
	close_connection(store);
	if (!open_connection(store, probing, &ignored))
		abort();
}

/* A ping is answered by a FerretDB whose PostgreSQL hangs: only a read tells. */
static bool reads_again(struct store *store) {
	bson_t all = BSON_INITIALIZER;
	const bson_t *document;
	bson_error_t why;
	mongoc_collection_t *collection = store_collection(store, "versions");
	mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(collection, &all, NULL, NULL);
	(void)mongoc_cursor_next(cursor, &document);
	bool answered = !mongoc_cursor_error(cursor, &why) || !is_unavailable(&why);
	mongoc_cursor_destroy(cursor);
	mongoc_collection_destroy(collection);
	bson_destroy(&all);
	return answered;
}

void store_renew(struct store *store) {
	if (!store->is_quiet || monotonic_ms() < store->quiet_until)
		return;
	reopen(store, true);
	store->is_quiet = !reads_again(store);
	store->quiet_until = monotonic_ms() + QUIET_MS;
	if (!store->is_quiet)
		reopen(store, false);
}

const char *store_name(const struct store *store) {
	return store->name;
}

/* The first four bytes of an id are its second, the highest byte first. */
static void date_id(bson_oid_t *oid) {
	uint32_t second = (uint32_t)(moment_now().ms / SECOND_MS);
	for (int i = 0; i < 4; i++)
		oid->bytes[i] = (uint8_t)(second >> (24 - 8 * i));
}

void store_hurry(struct store *store, int ms) {
	store->hurry_ms = ms;
}

bool store_is_late(const struct error *err) {
	return err->kind == ERROR_UNAVAILABLE && strcmp(err->text, STORE_LATE) == 0;
}

const char *store_new_id(struct arena *arena) {
	bson_oid_t oid;
	char *text = arena_alloc(arena, 25);
	bson_oid_init(&oid, NULL);
	if (moment_shifted())
		date_id(&oid);
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

/* While other databases are created or dropped, the embedded server now and then loses the collection that it creates
 * for its first index. */
static bool is_lost_in_creation(const bson_t *command, const bson_error_t *why) {
	return bson_has_field(command, "createIndexes") &&
	       (why->code == COLLECTION_NOT_FOUND || strcasestr(why->message, "unable to create the specified collection"));
}

static bool is_dropped_already(const bson_t *command, const bson_error_t *why) {
	return (bson_has_field(command, "dropIndexes") && why->code == INDEX_NOT_FOUND) ||
	       (bson_has_field(command, "drop") && why->code == COLLECTION_NOT_FOUND);
}

bool store_command(struct store *store, const bson_t *command, struct error *err) {
	enum { TRIES = 6, PAUSE_US = 50000 };
	bson_error_t why;
	bool fine = false;
	if (!store_may_ask(store, err))
		return false;
	for (int tries = 1; !fine; tries++) {
		bson_t reply;
		fine = mongoc_database_write_command_with_opts(store->database, command, NULL, &reply, &why);
		bson_destroy(&reply);
		if (!fine && (tries == TRIES || !is_lost_in_creation(command, &why)))
			return is_dropped_already(command, &why) || store_lost(store, err, &why, "command", "refused");
		if (!fine)
			(void)usleep((unsigned)(tries * PAUSE_US));
	}
	return true;
}

bool store_ping(struct store *store, struct error *err) {
	BSON_AUTO command = BCON_NEW("ping", BCON_INT32(1));
	bson_error_t why;
	return store_may_ask(store, err) &&
	       (mongoc_client_command_simple(store->client, "admin", command, NULL, NULL, &why) ||
	        store_lost(store, err, &why, "asking", "the server"));
}
