/* Documents and indexes on their way into another collection of the same server. Shared by the files that carry data
 * over (rewrite.c, copy.c); nobody else includes it. */
#ifndef STORE_FLOW_H
#define STORE_FLOW_H

#include "core/store/connection.h"
#include "core/store/rewrite.h"

/* Documents of one collection on their way through a pipeline into another one, in the order of their ids. */
struct flow {
	struct store *store;
	const char *from, *into_database, *into;
	const bson_t *stages; /* an array; NULL: as they are */
	bool rekeys;          /* the documents get other ids: what has arrived does not tell how far it came */
	rewrite_progress *tell;
	int64_t done, of;
};

/* Goes on after what the target holds already. FAULT unless every document has come through. */
bool flow_pass(struct flow *flow, struct error *err) MUST_CHECK;

/* The ids of up to `limit` documents after `after` (NULL: from the first, or the last with `backwards`); *last is to be
 * destroyed when *count is not 0. */
bool flow_walk_ids(mongoc_collection_t *collection, const bson_value_t *after, bool backwards, int limit,
                   bson_value_t *last, int *count, struct error *err) MUST_CHECK;

/* The collections of a database, those of the server itself left out. */
bool flow_collections(struct store *store, const char *database, struct arena *arena, struct strings *names,
                      struct error *err) MUST_CHECK;

bool flow_command(struct store *store, const char *database, const bson_t *command, struct error *err) MUST_CHECK;

/* { createIndexes: …, indexes: […] } while it is being written. */
struct indexing {
	bson_t command, indexes;
	int count;
};

void indexing_begin(struct indexing *indexing, const char *collection);
void indexing_add(struct indexing *indexing, const bson_t *index);
/* The indexes of a collection but those in `dropped` (an array of names, or NULL) and that of _id. */
bool indexing_add_of(struct indexing *indexing, struct store *store, const char *collection, const bson_t *dropped,
                     struct error *err) MUST_CHECK;
/* Makes them. */
bool indexing_end(struct indexing *indexing, struct store *store, const char *database, struct error *err) MUST_CHECK;

#endif
