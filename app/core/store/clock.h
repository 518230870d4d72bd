/* The database's clock: the only one that leases, due times and rate limits go by, because the clocks of the machines
 * that share a database differ, and jump.
 *
 * The embedded server knows $$NOW in pipelines but refuses it in filters (code 9). So a reading brings the time along,
 * the caller decides with it, and writes under a condition that fails when somebody else was faster. */
#ifndef STORE_CLOCK_H
#define STORE_CLOCK_H

#include "core/store/store.h"

/* Needs a database with a schema: FAULT otherwise. */
bool store_now(struct store *store, struct moment *now, struct error *err) MUST_CHECK;

/* As store_list. *now is when the database read them; MOMENT_NONE when there are none. */
bool store_list_now(struct store *store, const char *collection, const struct filter *filter, const struct sort *sort,
                    int limit, const struct record_type *record, struct arena *arena, void **objects, int *count,
                    struct moment *now, struct error *err) MUST_CHECK;

/* As store_find, for a document that may be claimed by several processes. */
bool store_find_now(struct store *store, const char *collection, const struct filter *filter,
                    const struct record_type *record, struct arena *arena, void *object, bool *found,
                    struct moment *now, struct error *err) MUST_CHECK;

#endif
