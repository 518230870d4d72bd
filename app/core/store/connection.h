/* Connection internals, private to this folder. */
#ifndef STORE_CONNECTION_H
#define STORE_CONNECTION_H

#include <mongoc/mongoc.h>

#include "core/store/version.h"

enum {
	DUPLICATE_KEY = 11000,
	COLLECTION_NOT_FOUND = 26,
	INDEX_NOT_FOUND = 27,
	OUT_OF_DISK_SPACE = 14031,
	TIME_IS_UP = 50
};

struct store {
	mongoc_client_t *client;
	mongoc_database_t *database;
	char name[64];
	struct versions observed;
	bool observes;
	char *uri;
	const char *application; /* as given to store_open */
	int patience_ms;
	int hurry_ms; /* 0: no limit */
	/* With a short patience, so that requests do not queue behind a server that does not answer: operations fail at
	 * once. From `quiet_until` on (monotonic), store_renew tries again. */
	bool is_quiet;
	int64_t quiet_until;
};

/* Call it before an operation. UNAVAILABLE, at once, if the server did not answer a moment ago. */
bool store_may_ask(struct store *store, struct error *err) MUST_CHECK;

/* store_failed, and notes an outage. */
bool store_lost(struct store *store, struct error *err, const bson_error_t *from, const char *doing, const char *what);

/* PostgreSQL under the embedded server aborts and rolls back one of two deadlocked statements: it is to be repeated,
 * after a wait of random length, or the same two meet again. store_repeats waits; it is false once there were too many
 * tries. */
bool store_is_deadlock(const char *message);
bool store_repeats(bool deadlock, int *tries);

/* The same of a bulk: any of its errors, of which the driver's names only the first. */
bool bulk_met_deadlock(const bson_t *reply, const bson_error_t *why);

/* Raises the driver's error as CONFLICT, UNAVAILABLE, FULL or FAULT; returns false. */
bool store_failed(struct error *err, const bson_error_t *from, const char *doing, const char *what);

mongoc_collection_t *store_collection(struct store *store, const char *name);

/* Calls each(context, document) for every result of a pipeline, { "0": …, "1": … }. */
bool store_run_pipeline(struct store *store, const char *collection, const bson_t *pipeline,
                        void (*each)(void *context, const bson_t *document), void *context,
                        struct error *err) MUST_CHECK;

/* The document as first stored: with revision 1, if the record has one. The caller must destroy it. */
bson_t *store_new_document(const struct record_type *record, const void *object);

void collection_cleanup(mongoc_collection_t **collection);
void cursor_cleanup(mongoc_cursor_t **cursor);
#define COLLECTION_AUTO __attribute__((cleanup(collection_cleanup))) mongoc_collection_t *
#define CURSOR_AUTO __attribute__((cleanup(cursor_cleanup))) mongoc_cursor_t *

#endif
