/* Whose turn it is: at most MAX_CONCURRENT_CAMPAIGNS are being sent at once. A campaign of which nothing is left but
 * messages that were deferred does not count, and neither does one whose mail server cannot be used: others would wait
 * for a server that is none of theirs. */
#ifndef DISPATCH_TURN_H
#define DISPATCH_TURN_H

#include "core/store/store.h"

/* *sending: how many count. */
bool turn_count(struct store *store, struct arena *arena, int64_t *sending, struct error *err) MUST_CHECK;

/* May one more begin? */
bool turn_is_free(struct store *store, int64_t at_once, struct arena *arena, bool *is_free,
                  struct error *err) MUST_CHECK;

#endif
