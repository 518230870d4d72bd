/* A token bucket shared by all processes: one document in MongoDB. Capacity and refill rate are the provider's
 * (EmailOctopus: 100, 10 a second). One that has been full again for an hour is removed by the database: there may be
 * one for each stranger who asks. */
#ifndef STORE_RATE_LIMIT_H
#define STORE_RATE_LIMIT_H

#include "core/store/store.h"

struct rate_limit {
	const char *name;
	double capacity, per_second;
	bool alike; /* it costs as much time whether there is a bucket and whether it is empty: for strangers, about
	               somebody */
};

/* Pure. Tokens now in a bucket that held `tokens` at `then`. If `then` is ahead of `now` by more than twice the fill
 * time, the clock was set back: the bucket counts as full. */
double rate_limit_refill(const struct rate_limit *limit, double tokens, struct moment then, struct moment now);

/* Takes 1 … `wanted` tokens, by the database's clock. If there is none, *taken is 0 and *wait_ms says when to retry. */
bool rate_limit_take(struct store *store, const struct rate_limit *limit, int wanted, int *taken, int64_t *wait_ms,
                     struct error *err) MUST_CHECK;

/* Applies what the provider said: fewer tokens remain, or stay away for `closed_ms` (0: no). Never adds tokens or
 * shortens a closure. */
bool rate_limit_correct(struct store *store, const struct rate_limit *limit, double remaining, int64_t closed_ms,
                        struct error *err) MUST_CHECK;

#endif
