/* MongoDB, one client a process, made after fork. The portable subset only: no transactions, no change
 * streams, no upsert on contended documents.
 *
 * Errors: CONFLICT for a duplicate key, UNAVAILABLE when the server does not answer (or says so),
 * FAULT for a command that it refuses.
 *
 * Filters (filter.h) and updates (update.h) are expressions of typed values, documents are records (fields/field.h).
 * A room names its collections once, `static const char PARTNERS[] = "partners";`, and writes no others: tests/lint.py
 * knows which room may write which.
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

struct store;

/* A document that is destroyed with its block. */
void bson_cleanup(bson_t **bson);
#define BSON_AUTO __attribute__((cleanup(bson_cleanup))) bson_t *

/* `patience_ms` is how long one operation may look for the server. */
struct store *store_open(const char *uri, const char *database, const char *application, int patience_ms,
                         struct error *err);
void store_close(struct store *store); /* NULL is nothing */

/* Of the database. */
const char *store_name(const struct store *store);

/* A document with 24 hex digits as id, new in this process and any other. */
const char *store_new_id(struct arena *arena);
bool store_is_id(const char *text);            /* 24 hex digits; NULL is none */
struct moment store_id_moment(const char *id); /* when it was made, to the second; MOMENT_NONE for none */

/* One document into `object` (see record_from_bson), the first in the order of `sort` (NULL: any); *found tells whether
 * there was one. */
bool store_find(struct store *store, const char *collection, const struct filter *filter, const struct sort *sort,
                const struct record_type *record, struct arena *arena, void *object, bool *found,
                struct error *err) MUST_CHECK;

/* Up to `limit` documents into an array of record->size each, in the arena, without what is FIELD_LARGE. Never NULL.
 * Pages: see page.h. */
bool store_list(struct store *store, const char *collection, const struct filter *filter, const struct sort *sort,
                int limit, const struct record_type *record, struct arena *arena, void **objects, int *count,
                struct error *err) MUST_CHECK;

/* Calls each(context, object) for every document, in no order, whatever their number: only the record's members are
 * read, and the object holds until the call returns. */
bool store_each(struct store *store, const char *collection, const struct filter *filter,
                const struct record_type *record, void (*each)(void *context, const void *object), void *context,
                struct error *err) MUST_CHECK;

bool store_count(struct store *store, const char *collection, const struct filter *filter, int64_t *count,
                 struct error *err) MUST_CHECK;

/* Adds up the whole numbers of a record over the documents that the filter meets, into `object`; a document without one
 * adds 0. *count: how many documents. */
bool store_sum(struct store *store, const char *collection, const struct filter *filter,
               const struct record_type *record, void *object, int64_t *count, struct error *err) MUST_CHECK;

/* Runs an aggregation over what the filter meets: `stages` are those after the $match,
 * BSON_AUTO stages = BCON_NEW("0", "{", "$group", …, "}", "1", …). Calls each(context, object) for every result; the
 * object holds until the call returns. */
bool store_aggregate(struct store *store, const char *collection, const struct filter *match, const bson_t *stages,
                     const struct record_type *record, void (*each)(void *context, const void *object), void *context,
                     struct error *err) MUST_CHECK;

/* The same with all results in the arena. */
bool store_aggregate_rows(struct store *store, const char *collection, const struct filter *match, const bson_t *stages,
                          const struct record_type *record, struct arena *arena, struct rows *rows,
                          struct error *err) MUST_CHECK;

/* Documents of another system, whose members no record knows: up to `limit`, 0 for all of them. */
bool store_each_document(struct store *store, const char *collection, const struct filter *filter, int limit,
                         void (*each)(void *context, const bson_t *document), void *context,
                         struct error *err) MUST_CHECK;

/* Adds a document; its revision is 1, if the record has one. CONFLICT: a unique index has it already. */
bool store_insert(struct store *store, const char *collection, const struct record_type *record, const void *object,
                  struct error *err) MUST_CHECK;

/* As store_insert, but a document that a unique index has already is no error: *was_there is true then, and err is as
 * it was. */
bool store_insert_once(struct store *store, const char *collection, const struct record_type *record,
                       const void *object, bool *was_there, struct error *err) MUST_CHECK;

/* Writes these members of the record (NULL: all) into the one document that the filter meets; what is absent in the
 * object is absent in the document afterwards. Members that the record lacks, or that are not among these, stay as they
 * are. *found tells whether there was a document.
 *
 * A record with a FIELD_REVISION raises it by one with each save. Where the object has a revision (a form that was
 * opened carries it), only a document of that revision is written, else CONFLICT: somebody else has saved since; where
 * it is COUNT_NONE, the last one wins. store_is_stale tells this CONFLICT from others. */
bool store_save(struct store *store, const char *collection, const struct filter *filter,
                const struct record_type *record, const void *object, const struct members *members, bool *found,
                struct error *err) MUST_CHECK;

bool store_is_stale(const struct error *err);
bool store_raise_stale(struct error *err); /* false */

/* Changes at most one document, and only the members that the update names; *matched tells whether the filter met one.
 */
bool store_update(struct store *store, const char *collection, const struct filter *filter, const struct update *update,
                  bool *matched, struct error *err) MUST_CHECK;

/* Changes every document that the filter meets. */
bool store_update_all(struct store *store, const char *collection, const struct filter *filter,
                      const struct update *update, struct error *err) MUST_CHECK;

/* As store_update, but adds a document when the filter meets none: for documents that one writer owns. */
bool store_upsert(struct store *store, const char *collection, const struct filter *filter, const struct update *update,
                  struct error *err) MUST_CHECK;

bool store_delete(struct store *store, const char *collection, const struct filter *filter, int64_t *deleted,
                  struct error *err) MUST_CHECK;

/* Many writes of one collection in few round trips, in no order. bulk_run sends them and frees the bulk; duplicates of
 * a unique index are passed over; *inserted (may be NULL) counts what bulk_insert brought in. Everything is copied. An
 * empty bulk is fine. */
struct bulk;
struct bulk *bulk_open(struct store *store, const char *collection);
void bulk_insert(struct bulk *bulk, const struct record_type *record, const void *object);
void bulk_update(struct bulk *bulk, const struct filter *filter, const struct update *update);
void bulk_upsert(struct bulk *bulk, const struct filter *filter, const struct update *update);
bool bulk_run(struct bulk *bulk, int64_t *inserted, struct error *err) MUST_CHECK;
void bulk_drop(struct bulk *bulk); /* frees it unsent */

/* Removes the whole database: for those that a command has made for itself. */
bool store_drop_database(struct store *store, struct error *err) MUST_CHECK;

bool store_command(struct store *store, const bson_t *command, struct error *err) MUST_CHECK;

/* Is the server there? */
bool store_ping(struct store *store, struct error *err) MUST_CHECK;

#endif
