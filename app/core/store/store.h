/* MongoDB access, one client per process, created after fork. Only the portable subset: no transactions, no change
 * streams, no upsert on contended documents.
 *
 * Errors: CONFLICT for a duplicate key, UNAVAILABLE if the server does not answer or says it is unavailable, FULL if it
 * has no room on its disk (the text begins with STORE_FULL), FAULT for a command that it rejects. A text never has the
 * server's words, which are a note for the log.
 *
 * Filters (filter.h) and updates (update.h) are expressions of typed values, documents are records
 * (core/fields/field.h). A room names its collections once, `static const char PARTNERS[] = "partners";`, and writes no
 * others (checked by tests/lint.py).
 *
 *   store_find(store, PARTNERS, FILTER(by_id(id)), NULL, &partner_record, arena, &partner, &found, err)
 *   store_list(store, PARTNERS, &everything, SORT(asc("name")), MAX, &partner_record, arena, …)
 *   store_save(store, PARTNERS, FILTER(by_id(id)), &partner_record, &partner, EXCEPT("logo"), &found, err)
 *   store_update(store, PARTNERS, FILTER(by_id(id)), UPDATE(set_bytes("logo", png)), &matched, err)
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <bson/bson.h>

#include "core/base/arena.h"
#include "core/base/moment.h"
#include "core/fields/field.h"
#include "core/store/filter.h"
#include "core/store/update.h"

#define STORE_FULL "no room on the disk of the database"
#define STORE_AWAY "the database does not answer"
#define STORE_REFUSED "the database refused what was asked of it"
#define STORE_LATE "the database needs too long for this"

struct store;

/* Destroyed at the end of its block. */
void bson_cleanup(bson_t **bson);
#define BSON_AUTO __attribute__((cleanup(bson_cleanup))) bson_t *

/* `patience_ms` is the server selection timeout of one operation. */
struct store *store_open(const char *uri, const char *database, const char *application, int patience_ms,
                         struct error *err);
void store_close(struct store *store); /* NULL is a no-op */

/* A store with a patience below 5 s, for requests, asks no more for half a second after an outage: its operations are
 * UNAVAILABLE at once. Call this between requests, while no cursor or bulk is open: it then tries for at most a second
 * whether the server reads again, and opens a new connection, because the driver itself would not try again for 5 s. */
void store_renew(struct store *store);

/* Until the next call, store_find, store_list and store_count give up after so many milliseconds: UNAVAILABLE, and
 * store_is_late. 0, the default: they take as long as they take. */
void store_hurry(struct store *store, int ms);
bool store_is_late(const struct error *err);

/* Name of the database. */
const char *store_name(const struct store *store);

/* A new unique id of 24 hex digits. */
const char *store_new_id(struct arena *arena);
bool store_is_id(const char *text);            /* 24 hex digits; false for NULL */
struct moment store_id_moment(const char *id); /* its creation time in seconds; MOMENT_NONE if invalid */

/* Reads one document into `object` (see record_from_bson), the first in the order of `sort` (NULL: any); *found tells
 * whether there was one. */
bool store_find(struct store *store, const char *collection, const struct filter *filter, const struct sort *sort,
                const struct record_type *record, struct arena *arena, void *object, bool *found,
                struct error *err) MUST_CHECK;

/* Reads up to `limit` documents into an array of record->size each, in the arena; never NULL, even if empty. For pages
 * see page.h. */
bool store_list(struct store *store, const char *collection, const struct filter *filter, const struct sort *sort,
                int limit, const struct record_type *record, struct arena *arena, void **objects, int *count,
                struct error *err) MUST_CHECK;

/* Calls each(context, object) for every document, unordered and unlimited. Only the record's members are read; the
 * object is valid until the call returns. */
bool store_each(struct store *store, const char *collection, const struct filter *filter,
                const struct record_type *record, void (*each)(void *context, const void *object), void *context,
                struct error *err) MUST_CHECK;

bool store_count(struct store *store, const char *collection, const struct filter *filter, int64_t *count,
                 struct error *err) MUST_CHECK;

/* The same, but stops at `most`: then there may be more. */
bool store_count_most(struct store *store, const char *collection, const struct filter *filter, int64_t most,
                      int64_t *count, struct error *err) MUST_CHECK;

/* The same within `ms`: COUNT_NONE if it would take longer. */
bool store_count_within(struct store *store, const char *collection, const struct filter *filter, int ms,
                        int64_t *count, struct error *err) MUST_CHECK;

/* How many documents there are, by the server's statistics: at once, but it may be off. */
bool store_estimate(struct store *store, const char *collection, int64_t *count, struct error *err) MUST_CHECK;

/* The value of `field` (an id or a text) in the document that stands `steps` behind the filter's first, by this field;
 * NULL if there are not so many. For parting a collection; the server walks there, so take some thousands at most. */
bool store_mark(struct store *store, const char *collection, const struct filter *filter, const char *field, int steps,
                struct arena *arena, const char **value, struct error *err) MUST_CHECK;

/* Sums the record's counts over all matching documents, into `object`; a missing member adds 0. *count is the number of
 * documents. */
bool store_sum(struct store *store, const char *collection, const struct filter *filter,
               const struct record_type *record, void *object, int64_t *count, struct error *err) MUST_CHECK;

/* Runs an aggregation over the matching documents: `stages` are those after the $match, BSON_AUTO stages =
 * BCON_NEW("0", "{", "$group", …, "}", "1", …). Calls each(context, object) for every result; the object is valid until
 * the call returns. */
bool store_aggregate(struct store *store, const char *collection, const struct filter *match, const bson_t *stages,
                     const struct record_type *record, void (*each)(void *context, const void *object), void *context,
                     struct error *err) MUST_CHECK;

/* The same, with all results in the arena. */
bool store_aggregate_rows(struct store *store, const char *collection, const struct filter *match, const bson_t *stages,
                          const struct record_type *record, struct arena *arena, struct rows *rows,
                          struct error *err) MUST_CHECK;

/* For another system's documents, which have no record type: up to `limit`, 0 for all. */
bool store_each_document(struct store *store, const char *collection, const struct filter *filter, int limit,
                         void (*each)(void *context, const bson_t *document), void *context,
                         struct error *err) MUST_CHECK;

/* Adds a document; its revision is 1, if the record has one. CONFLICT: duplicate in a unique index. */
bool store_insert(struct store *store, const char *collection, const struct record_type *record, const void *object,
                  struct error *err) MUST_CHECK;

/* As store_insert, but a duplicate in a unique index is not an error: *was_there is then true and err unchanged. */
bool store_insert_once(struct store *store, const char *collection, const struct record_type *record,
                       const void *object, bool *was_there, struct error *err) MUST_CHECK;

/* As store_insert, for a document whose id comes again when the request is repeated: if a document of this id exists,
 * it is left alone and *was_there is true. CONFLICT: another document is a duplicate in a unique index. */
bool store_create(struct store *store, const char *collection, const struct record_type *record, const void *object,
                  const char *id, bool *was_there, struct error *err) MUST_CHECK;

/* Writes the given members of the record (NULL: all) to the one document that the filter matches; members absent in the
 * object are removed from the document, all others are left alone. *found tells whether a document matched.
 *
 * A FIELD_REVISION is incremented by each save. If the object has a revision (forms carry it), the save succeeds only
 * if the stored revision is the same, else CONFLICT: somebody else has saved since. With COUNT_NONE the last save wins.
 * store_is_stale tells this CONFLICT from others. */
bool store_save(struct store *store, const char *collection, const struct filter *filter,
                const struct record_type *record, const void *object, const struct members *members, bool *found,
                struct error *err) MUST_CHECK;

/* Deletes the document that the filter matches, on the same condition on the revision as store_save, so that nobody's
 * later save is lost. */
bool store_remove(struct store *store, const char *collection, const struct filter *filter,
                  const struct record_type *record, const void *object, bool *found, struct error *err) MUST_CHECK;

bool store_is_stale(const struct error *err);
bool store_raise_stale(struct error *err); /* returns false */

/* Updates at most one document, and only the named members; *matched tells whether one matched. */
bool store_update(struct store *store, const char *collection, const struct filter *filter, const struct update *update,
                  bool *matched, struct error *err) MUST_CHECK;

/* Updates every matching document. */
bool store_update_all(struct store *store, const char *collection, const struct filter *filter,
                      const struct update *update, struct error *err) MUST_CHECK;

/* As store_update, but inserts a document if none matches; for documents with a single writer. */
bool store_upsert(struct store *store, const char *collection, const struct filter *filter, const struct update *update,
                  struct error *err) MUST_CHECK;

bool store_delete(struct store *store, const char *collection, const struct filter *filter, int64_t *deleted,
                  struct error *err) MUST_CHECK;

/* Many unordered writes to one collection in few round trips. bulk_run sends them and frees the bulk; duplicates in a
 * unique index are skipped; *inserted (may be NULL) counts the documents inserted by bulk_insert. Everything is copied.
 * The bulk may be empty. */
struct bulk;
struct bulk *bulk_open(struct store *store, const char *collection);
void bulk_insert(struct bulk *bulk, const struct record_type *record, const void *object);
void bulk_update(struct bulk *bulk, const struct filter *filter, const struct update *update);
void bulk_upsert(struct bulk *bulk, const struct filter *filter, const struct update *update);
bool bulk_run(struct bulk *bulk, int64_t *inserted, struct error *err) MUST_CHECK;
/* The same; *all: every insert was new, and every update found its document. */
bool bulk_run_all(struct bulk *bulk, bool *all, struct error *err) MUST_CHECK;
void bulk_drop(struct bulk *bulk); /* frees it unsent */

/* Drops the whole database; only for databases that a command created itself. */
bool store_drop_database(struct store *store, struct error *err) MUST_CHECK;

/* A command that may be repeated after a crash: dropping indexes or a collection that are gone is no error. */
bool store_command(struct store *store, const bson_t *command, struct error *err) MUST_CHECK;

/* Fails if the server does not answer. */
bool store_ping(struct store *store, struct error *err) MUST_CHECK;

#endif
