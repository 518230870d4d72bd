/* The shared token bucket, updated by compare-and-swap. */
#include "core/store/rate_limit.h"

#include <math.h>

#include "core/base/lease.h"
#include "core/store/clock.h"

static const char BUCKETS[] = "rate_buckets";

struct bucket {
	const char *name;
	double tokens;
	int64_t turn;
	struct moment at, blocked_until;
	int64_t blocked_ms; /* counted from when it was closed */
	struct moment expires_at;
};

static const struct field bucket_fields[] = {
	FIELD(struct bucket, name, .stored = "_id"),
	FIELD(struct bucket, tokens),
	FIELD(struct bucket, turn),
	FIELD(struct bucket, at),
	FIELD(struct bucket, blocked_until),
	FIELD(struct bucket, blocked_ms),
	FIELD(struct bucket, expires_at),
};
static const struct record_type bucket_record = RECORD_TYPE("Bucket", struct bucket, bucket_fields);

enum { ATTEMPTS = 20 };

double rate_limit_refill(const struct rate_limit *limit, double tokens, struct moment then, struct moment now) {
	double passed = (double)(now.ms - then.ms) / 1000, to_fill = limit->capacity / limit->per_second;
	if (passed < -2 * to_fill)
		return limit->capacity;
	return fmin(limit->capacity, tokens + fmax(passed, 0) * limit->per_second);
}

/* Reads the bucket and the database's time. */
static bool read_bucket(struct store *store, const struct rate_limit *limit, struct arena *arena, struct bucket *bucket,
                        struct error *err) {
	bool found;
	struct moment now;
	if (!store_find_now(store, BUCKETS, FILTER(eq_text("_id", limit->name)), &bucket_record, arena, bucket, &found,
	                    &now, err))
		return false;
	if ((!found || limit->alike) && !store_now(store, &now, err))
		return false;
	if (!found) {
		*bucket = (struct bucket){
			.name = limit->name, .tokens = limit->capacity, .at = now, .blocked_until = MOMENT_NONE
		};
		return true;
	}
	bucket->tokens = rate_limit_refill(limit, bucket->tokens, bucket->at, now);
	bucket->at = now;
	return true;
}

static bool is_closed(const struct bucket *bucket) {
	return lease_counts(bucket->blocked_until, bucket->blocked_ms, bucket->at);
}

/* Full and open again, it says the same as none. */
static struct moment expiry_of(const struct rate_limit *limit, const struct bucket *bucket) {
	double to_fill_ms = limit->capacity / limit->per_second * 1000;
	struct moment full = moment_add(bucket->at, (int64_t)to_fill_ms);
	return moment_add(is_closed(bucket) && bucket->blocked_until.ms > full.ms ? bucket->blocked_until : full, HOUR_MS);
}

/* *won is false if another process has changed the bucket since it was read. */
static bool write_bucket(struct store *store, const struct rate_limit *limit, struct bucket *bucket, bool *won,
                         struct error *err) {
	int64_t turn = bucket->turn++;
	bool was_there = false;
	bucket->expires_at = expiry_of(limit, bucket);
	if (turn > 0)
		return store_update(store, BUCKETS, FILTER(eq_text("_id", bucket->name), eq_count("turn", turn)),
		                    UPDATE(set_record(&bucket_record, bucket, NULL)), won, err);
	bool fine = store_insert_once(store, BUCKETS, &bucket_record, bucket, &was_there, err);
	*won = !was_there;
	return fine;
}

static int64_t wait_for_token(const struct rate_limit *limit, const struct bucket *bucket) {
	if (is_closed(bucket))
		return bucket->blocked_until.ms - bucket->at.ms;
	double missing = 1 - bucket->tokens;
	return missing > 0 ? (int64_t)ceil(missing / limit->per_second * 1000) : 0;
}

bool rate_limit_take(struct store *store, const struct rate_limit *limit, int wanted, int *taken, int64_t *wait_ms,
                     struct error *err) {
	ARENA_AUTO arena = arena_new();
	*taken = 0;
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		struct bucket bucket;
		bool won;
		if (!read_bucket(store, limit, arena, &bucket, err))
			return false;
		*wait_ms = wait_for_token(limit, &bucket);
		if (*wait_ms > 0)
			return !limit->alike || write_bucket(store, limit, &bucket, &won, err);
		int take = bucket.tokens < wanted ? (int)bucket.tokens : wanted;
		bucket.tokens -= take;
		if (!write_bucket(store, limit, &bucket, &won, err))
			return false;
		if (won) {
			*taken = take;
			return true;
		}
	}
	*wait_ms = 50;
	return true;
}

static void close_bucket(struct bucket *bucket, int64_t closed_ms) {
	struct moment until = moment_add(bucket->at, closed_ms);
	if (closed_ms <= 0 || (is_closed(bucket) && bucket->blocked_until.ms >= until.ms))
		return;
	bucket->blocked_until = until;
	bucket->blocked_ms = closed_ms;
}

bool rate_limit_correct(struct store *store, const struct rate_limit *limit, double remaining, int64_t closed_ms,
                        struct error *err) {
	ARENA_AUTO arena = arena_new();
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		struct bucket bucket;
		bool won;
		if (!read_bucket(store, limit, arena, &bucket, err))
			return false;
		bucket.tokens = fmin(bucket.tokens, remaining);
		close_bucket(&bucket, closed_ms);
		if (!write_bucket(store, limit, &bucket, &won, err))
			return false;
		if (won)
			return true;
	}
	return true;
}
