/* Copying documents and indexes to another collection of the same server; private to rewrite.c and copy.c. */
#ifndef STORE_FLOW_H
#define STORE_FLOW_H

#include "core/store/connection.h"
#include "core/store/rewrite.h"

/* Copies a collection through a pipeline into another one, in order of ids. */
struct flow {
	struct store *store;
	const char *from, *into_database, *into;
	const bson_t *stages; /* an array; NULL copies unchanged */
	bool rekeys;          /* the pipeline changes ids, so the target does not tell how far it got */
	rewrite_progress *tell;
	int64_t done, of;
};

/* Resumes after what the target already holds. FAULT unless every document has been copied. */
bool flow_pass(struct flow *flow, struct error *err) MUST_CHECK;

/* Walks up to `limit` ids after `after` (NULL: from the first, or the last with `backwards`); destroy *last if *count
 * is not 0. */
bool flow_walk_ids(mongoc_collection_t *collection, const bson_value_t *after, bool backwards, int limit,
                   bson_value_t *last, int *count, struct error *err) MUST_CHECK;

/* The collections of a database, without system collections. */
bool flow_collections(struct store *store, const char *database, struct arena *arena, struct strings *names,
                      struct error *err) MUST_CHECK;

bool flow_command(struct store *store, const char *database, const bson_t *command, struct error *err) MUST_CHECK;

/* A { createIndexes: …, indexes: […] } command under construction. */
struct indexing {
	bson_t command, indexes;
	int count;
};

void indexing_begin(struct indexing *indexing, const char *collection);
void indexing_add(struct indexing *indexing, const bson_t *index);
/* Adds a collection's indexes except _id's and those named in `dropped` (an array, or NULL). */
bool indexing_add_of(struct indexing *indexing, struct store *store, const char *collection, const bson_t *dropped,
                     struct error *err) MUST_CHECK;
/* Creates the indexes. */
bool indexing_end(struct indexing *indexing, struct store *store, const char *database, struct error *err) MUST_CHECK;

#endif
