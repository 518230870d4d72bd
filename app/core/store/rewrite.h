/* Carrying data over to a newer shape: inside the server, by pipelines, in batches of a second or two. It may be killed
 * at any moment; run again, it goes on where it was. */
#ifndef STORE_REWRITE_H
#define STORE_REWRITE_H

#include "core/store/store.h"

/* Told after each batch: so many documents of this collection are done. NULL: nobody listens. */
typedef void rewrite_progress(const char *collection, int64_t done, int64_t of);

/* Is there no document but those of the schema? */
bool rewrite_is_empty(struct store *store, bool *empty, struct error *err) MUST_CHECK;

/* Copies every collection with its indexes into the database `copy` of the same server, and compares the counts. What
 * an earlier attempt left there is dropped first. CONFLICT: there is such a database, and no copy of ours. */
bool rewrite_copy(struct store *store, const char *copy, rewrite_progress *tell, struct error *err) MUST_CHECK;

/* Drops such a copy. MISSING: there is no database of this name. CONFLICT: it is no copy of ours. */
bool rewrite_drop_copy(struct store *store, const char *copy, struct error *err) MUST_CHECK;

/* Gives a collection a new shape:
 *   { "rewrite": name, "drop": [names of indexes], "indexes": [new ones, as for createIndexes], "pipeline": [stages],
 *     "rekey": true where the pipeline changes _id }
 * The pipeline makes one document of each. They are gathered beside the
 * collection, under its indexes but those in "drop" and the new ones, and take its place when all are there. How far it
 * came is kept in schema_rewrites, under the name of the migration. `fresh`: there are no documents, only the indexes
 * change. */
bool rewrite_collection(struct store *store, const char *migration, const bson_t *command, bool fresh,
                        rewrite_progress *tell, struct error *err) MUST_CHECK;

#endif
