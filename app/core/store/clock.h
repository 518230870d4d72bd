/* The database's clock: the only one used for leases, due times and rate limits, because the clocks of machines that
 * share a database differ and jump.
 *
 * The embedded server knows $$NOW in pipelines but refuses it in filters (code 9). So a read returns the time as well;
 * the caller decides with it, then writes under a condition that fails if somebody else was faster. */
#ifndef STORE_CLOCK_H
#define STORE_CLOCK_H

#include "core/store/store.h"

/* Requires a database with a schema: FAULT otherwise. */
bool store_now(struct store *store, struct moment *now, struct error *err) MUST_CHECK;

/* As store_list. *now is the database's time of the read; MOMENT_NONE if there are no documents. */
bool store_list_now(struct store *store, const char *collection, const struct filter *filter, const struct sort *sort,
                    int limit, const struct record_type *record, struct arena *arena, void **objects, int *count,
                    struct moment *now, struct error *err) MUST_CHECK;

/* As store_find, with *now; for a document that several processes may claim. */
bool store_find_now(struct store *store, const char *collection, const struct filter *filter,
                    const struct record_type *record, struct arena *arena, void *object, bool *found,
                    struct moment *now, struct error *err) MUST_CHECK;

#endif
