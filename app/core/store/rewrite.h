/* Rewriting data into a new shape: inside the server, by pipelines, in batches of a second or two. May be killed at any
 * moment; the next run resumes. */
#ifndef STORE_REWRITE_H
#define STORE_REWRITE_H

#include "core/store/store.h"

/* Called after each batch with the documents done so far and the total. NULL for none. */
typedef void rewrite_progress(const char *collection, int64_t done, int64_t of);

/* Does the database hold nothing but the schema's own documents? */
bool rewrite_is_empty(struct store *store, bool *empty, struct error *err) MUST_CHECK;

/* Copies every collection with its indexes into the database `copy` of the same server, and compares the counts.
 * Leftovers of an earlier attempt are dropped first. CONFLICT: such a database exists and is not our copy. */
bool rewrite_copy(struct store *store, const char *copy, rewrite_progress *tell, struct error *err) MUST_CHECK;

/* Drops such a copy. MISSING: no database of this name. CONFLICT: it is not our copy. */
bool rewrite_drop_copy(struct store *store, const char *copy, struct error *err) MUST_CHECK;

/* Gives a collection a new shape:
 *   { "rewrite": name, "drop": [names of indexes], "indexes": [new ones, as for createIndexes], "pipeline": [stages],
 *     "rekey": true where the pipeline changes _id }
 * The pipeline maps each document to one document. They are collected in a second collection, with the existing indexes
 * except those in "drop" plus the new ones; it replaces the original when complete. Progress is kept in schema_rewrites
 * under the migration's name. `fresh`: there are no documents, only the indexes change. */
bool rewrite_collection(struct store *store, const char *migration, const bson_t *command, bool fresh,
                        rewrite_progress *tell, struct error *err) MUST_CHECK;

#endif
