/* The shared token bucket: read, compute, write if nobody wrote in between. */
#include "core/store/rate_limit.h"

#include <math.h>

static const char BUCKETS[] = "rate_buckets";

struct bucket {
	const char *name;
	double tokens;
	int64_t turn;
	struct moment at, blocked_until;
};

static const struct field bucket_fields[] = {
	FIELD(struct bucket, name, .stored = "_id"),
	FIELD(struct bucket, tokens),
	FIELD(struct bucket, turn),
	FIELD(struct bucket, at),
	FIELD(struct bucket, blocked_until),
};
static const struct record_type bucket_record = RECORD_TYPE("Bucket", struct bucket, bucket_fields);

enum { ATTEMPTS = 20 };

double rate_limit_refill(const struct rate_limit *limit, double tokens, struct moment then, struct moment now) {
	double passed = now.ms > then.ms ? (double)(now.ms - then.ms) / 1000 : 0;
	return fmin(limit->capacity, tokens + passed * limit->per_second);
}

static bool read_bucket(struct store *store, const struct rate_limit *limit, struct arena *arena, struct bucket *bucket,
                        struct error *err) {
	bool found;
	if (!store_find(store, BUCKETS, FILTER(eq_text("_id", limit->name)), NULL, &bucket_record, arena, bucket, &found,
	                err))
		return false;
	if (!found)
		*bucket = (struct bucket){ limit->name, limit->capacity, 0, moment_now(), MOMENT_NONE };
	return true;
}

/* *won is false when another process changed the bucket since it was read. */
static bool write_bucket(struct store *store, struct bucket *bucket, bool *won, struct error *err) {
	int64_t turn = bucket->turn++;
	bool was_there = false;
	if (turn > 0)
		return store_update(store, BUCKETS, FILTER(eq_text("_id", bucket->name), eq_count("turn", turn)),
		                    UPDATE(set_record(&bucket_record, bucket, NULL)), won, err);
	bool fine = store_insert_once(store, BUCKETS, &bucket_record, bucket, &was_there, err);
	*won = !was_there;
	return fine;
}

static int64_t wait_for_token(const struct rate_limit *limit, const struct bucket *bucket, struct moment now) {
	if (moment_is_set(bucket->blocked_until) && bucket->blocked_until.ms > now.ms)
		return bucket->blocked_until.ms - now.ms;
	double missing = 1 - bucket->tokens;
	return missing > 0 ? (int64_t)ceil(missing / limit->per_second * 1000) : 0;
}

bool rate_limit_take(struct store *store, const struct rate_limit *limit, int wanted, int *taken, int64_t *wait_ms,
                     struct error *err) {
	ARENA_AUTO arena = arena_new();
	*taken = 0;
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		struct bucket bucket;
		struct moment now;
		bool won;
		if (!read_bucket(store, limit, arena, &bucket, err))
			return false;
		now = moment_now();
		bucket.tokens = rate_limit_refill(limit, bucket.tokens, bucket.at, now);
		bucket.at = now;
		*wait_ms = wait_for_token(limit, &bucket, now);
		if (*wait_ms > 0)
			return true;
		int take = bucket.tokens < wanted ? (int)bucket.tokens : wanted;
		bucket.tokens -= take;
		if (!write_bucket(store, &bucket, &won, err))
			return false;
		if (won) {
			*taken = take;
			return true;
		}
	}
	*wait_ms = 50;
	return true;
}

bool rate_limit_correct(struct store *store, const struct rate_limit *limit, double remaining, struct moment blocked,
                        struct error *err) {
	ARENA_AUTO arena = arena_new();
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		struct bucket bucket;
		bool won;
		struct moment now = moment_now();
		if (!read_bucket(store, limit, arena, &bucket, err))
			return false;
		bucket.tokens = fmin(rate_limit_refill(limit, bucket.tokens, bucket.at, now), remaining);
		bucket.at = now;
		if (moment_is_set(blocked) && blocked.ms > bucket.blocked_until.ms)
			bucket.blocked_until = blocked;
		if (!write_bucket(store, &bucket, &won, err))
			return false;
		if (won)
			return true;
	}
	return true;
}
