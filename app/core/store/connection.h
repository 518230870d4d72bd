/* What the files of this folder share about a connection: nobody else includes it. */
#ifndef STORE_CONNECTION_H
#define STORE_CONNECTION_H

#include <mongoc/mongoc.h>

#include "core/store/version.h"

enum { DUPLICATE_KEY = 11000 };

struct store {
	mongoc_client_t *client;
	mongoc_database_t *database;
	char name[64];
	struct versions observed;
	bool observes;
};

/* Raises what the driver says, as CONFLICT, UNAVAILABLE or FAULT: false. */
bool store_failed(struct error *err, const bson_error_t *from, const char *doing, const char *what);

mongoc_collection_t *store_collection(struct store *store, const char *name);

void collection_cleanup(mongoc_collection_t **collection);
void cursor_cleanup(mongoc_cursor_t **cursor);
void bson_cleanup(bson_t **bson);
#define COLLECTION_AUTO __attribute__((cleanup(collection_cleanup))) mongoc_collection_t *
#define CURSOR_AUTO __attribute__((cleanup(cursor_cleanup))) mongoc_cursor_t *
#define BSON_AUTO __attribute__((cleanup(bson_cleanup))) bson_t *

#endif
