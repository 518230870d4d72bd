/* A token bucket that all processes share: one document in MongoDB.
 * Capacity and refill are those of the provider's own bucket (EmailOctopus: 100, 10 a second). */
#ifndef STORE_RATE_LIMIT_H
#define STORE_RATE_LIMIT_H

#include "core/store/store.h"

struct rate_limit {
	const char *name;
	double capacity, per_second;
};

/* Pure: tokens in a bucket that held `tokens` at `then`. One that lies further ahead than twice the time it takes to
 * fill was written before the clock was put back: it is full. */
double rate_limit_refill(const struct rate_limit *limit, double tokens, struct moment then, struct moment now);

/* Takes 1 … `wanted` tokens, by the database's clock. *taken is 0 when none is there; *wait_ms then tells when to ask
 * again. */
bool rate_limit_take(struct store *store, const struct rate_limit *limit, int wanted, int *taken, int64_t *wait_ms,
                     struct error *err) MUST_CHECK;

/* The provider says that fewer tokens are left, or to stay away for a time (0: no). Never adds tokens, nor opens what
 * is closed for longer. */
bool rate_limit_correct(struct store *store, const struct rate_limit *limit, double remaining, int64_t closed_ms,
                        struct error *err) MUST_CHECK;

#endif
