/* A token bucket that all processes share: one document in MongoDB.
 * Capacity and refill are those of the provider's own bucket (EmailOctopus: 100, 10 a second). */
#ifndef STORE_RATE_LIMIT_H
#define STORE_RATE_LIMIT_H

#include "core/store/store.h"

struct rate_limit {
	const char *name;
	double capacity, per_second;
};

/* Pure: tokens in a bucket that held `tokens` at `then`. */
double rate_limit_refill(const struct rate_limit *limit, double tokens, struct moment then, struct moment now);

/* Takes 1 … `wanted` tokens. *taken is 0 when none is there; *wait_ms then tells when to ask again. */
bool rate_limit_take(struct store *store, const struct rate_limit *limit, int wanted, int *taken, int64_t *wait_ms,
                     struct error *err) MUST_CHECK;

/* The provider says that fewer tokens are left, or to stay away until a moment. Never adds tokens. */
bool rate_limit_correct(struct store *store, const struct rate_limit *limit, double remaining, struct moment blocked,
                        struct error *err) MUST_CHECK;

#endif
