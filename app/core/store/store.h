/* MongoDB, one client a process, made after fork. The portable subset only: no transactions, no change
 * streams, no upsert on contended documents.
 *
 * Errors: CONFLICT for a duplicate key, UNAVAILABLE when the server does not answer (or says so),
 * FAULT for a command that it refuses. Filters are built by the caller from typed values, never from text
 * that came from outside.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <bson/bson.h>

#include "core/base/arena.h"
#include "core/base/moment.h"
#include "core/fields/field.h"

struct store;

/* `patience_ms` is how long one operation may look for the server. */
struct store *store_open(const char *uri, const char *database, const char *application, int patience_ms,
                         struct error *err);
void store_close(struct store *store); /* NULL is nothing */

/* A document with 24 hex digits as id, new in this process and any other. */
const char *store_new_id(struct arena *arena);

/* { _id: … } where the id has 24 hex digits, else { field: id }; with field NULL such an id matches nothing. To be
 * destroyed with bson_destroy. */
bson_t *store_filter_id(const char *id, const char *field);

/* { _id: one of these ids of 24 hex digits }; others match nothing. To be destroyed with bson_destroy. */
bson_t *store_filter_ids(const struct strings *ids);

/* { field: one of the texts }. To be destroyed with bson_destroy. */
bson_t *store_filter_in(const char *field, const struct strings *texts);

/* The text as a regular expression that finds just itself: every character with a meaning is escaped. */
char *store_pattern(struct arena *arena, const char *text);

/* One document into `object` (see record_from_bson); *found tells whether there was one. */
bool store_find(struct store *store, const char *collection, const bson_t *filter, const bson_t *options,
                const struct record_type *record, struct arena *arena, void *object, bool *found,
                struct error *err) MUST_CHECK;

/* Up to `limit` documents into an array of record->size each, in the arena. */
bool store_list(struct store *store, const char *collection, const bson_t *filter, const bson_t *sort, int limit,
                const struct record_type *record, struct arena *arena, void **objects, int *count,
                struct error *err) MUST_CHECK;

/* Runs an aggregation; calls each(context, document) for every result. */
bool store_aggregate(struct store *store, const char *collection, const bson_t *pipeline,
                     void (*each)(void *context, const bson_t *document), void *context, struct error *err) MUST_CHECK;

bool store_count(struct store *store, const char *collection, const bson_t *filter, int64_t *count,
                 struct error *err) MUST_CHECK;

/* Adds up the whole numbers of a record over the documents that the filter meets, into `object`; a document without one
 * adds 0. *count: how many documents. */
bool store_sum(struct store *store, const char *collection, const bson_t *filter, const struct record_type *record,
               void *object, int64_t *count, struct error *err) MUST_CHECK;

bool store_insert(struct store *store, const char *collection, const bson_t *document, struct error *err) MUST_CHECK;

/* Updates at most one document; *matched tells whether the filter met one. */
bool store_update(struct store *store, const char *collection, const bson_t *filter, const bson_t *update,
                  bool *matched, struct error *err) MUST_CHECK;

/* Updates every document that the filter meets. */
bool store_update_all(struct store *store, const char *collection, const bson_t *filter, const bson_t *update,
                      struct error *err) MUST_CHECK;

/* As store_update, but inserts when nothing matches: for documents that one writer owns. */
bool store_upsert(struct store *store, const char *collection, const bson_t *filter, const bson_t *update,
                  struct error *err) MUST_CHECK;

bool store_delete(struct store *store, const char *collection, const bson_t *filter, int64_t *deleted,
                  struct error *err) MUST_CHECK;

/* Many writes of one collection in few round trips, in no order. bulk_run sends them and frees the bulk; duplicates of
 * a unique index are passed over; *inserted (may be NULL) counts what bulk_insert brought in. All documents are
 * copied. An empty bulk is fine. */
struct bulk;
struct bulk *bulk_open(struct store *store, const char *collection);
void bulk_insert(struct bulk *bulk, const bson_t *document);
void bulk_update(struct bulk *bulk, const bson_t *filter, const bson_t *update);
void bulk_upsert(struct bulk *bulk, const bson_t *filter, const bson_t *update);
bool bulk_run(struct bulk *bulk, int64_t *inserted, struct error *err) MUST_CHECK;
void bulk_drop(struct bulk *bulk); /* frees it unsent */

/* Every document of a collection, in no order. */
bool store_each(struct store *store, const char *collection, void (*each)(void *context, const bson_t *document),
                void *context, struct error *err) MUST_CHECK;

/* Removes the whole database: for those that a command has made for itself. */
bool store_drop_database(struct store *store, struct error *err) MUST_CHECK;

bool store_command(struct store *store, const bson_t *command, struct error *err) MUST_CHECK;

/* Is the server there? */
bool store_ping(struct store *store, struct error *err) MUST_CHECK;

/* A lease is held by one owner until it lapses; a lapsed one may be taken by anybody.
 * CONFLICT while somebody else holds it. */
bool lease_take(struct store *store, const char *name, const char *owner, int64_t ms, struct error *err) MUST_CHECK;
bool lease_drop(struct store *store, const char *name, const char *owner, struct error *err) MUST_CHECK;

/* Which version of the data a process looks at: what it keeps beside the store holds for just that one.
 * STORE_UNOBSERVED, at first: nothing may be kept, and every question is asked. */
#define STORE_UNOBSERVED INT64_C(-1)
void store_observe(struct store *store, int64_t data_version);
int64_t store_observed(const struct store *store);

/* One small document counts changes, so that what a process keeps can be checked with one read. `data` rises whenever
 * observed figures (or the ledger of runs) have changed, `rights` whenever somebody may do less than before. 0 in an
 * empty database. */
struct versions {
	int64_t data, rights;
	struct moment data_at;
};

enum version_kind { VERSION_DATA, VERSION_RIGHTS };

bool versions_read(struct store *store, struct versions *versions, struct error *err) MUST_CHECK;
bool version_bump(struct store *store, enum version_kind kind, struct error *err) MUST_CHECK;

#endif
