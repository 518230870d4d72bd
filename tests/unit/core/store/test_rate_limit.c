/* The token bucket; also the shared one if TEST_STORE_URI names a server. */
#include <criterion/criterion.h>

#include "core/store/clock.h"
#include "core/store/rate_limit.h"
#include "unit/store_support.h"

static const struct rate_limit limit = { "x", 100, 10 };

Test(rate_limit, refills_to_its_capacity) {
	struct moment then = { 0 };
	cr_expect_float_eq(rate_limit_refill(&limit, 0, then, moment_add(then, 1500)), 15, 1e-9);
	cr_expect_float_eq(rate_limit_refill(&limit, 95, then, moment_add(then, 5000)), 100, 1e-9);
	cr_expect_float_eq(rate_limit_refill(&limit, 5, moment_add(then, 5000), then), 5, 1e-9);
}

Test(rate_limit, written_before_the_clock_was_put_back_is_full) {
	struct moment then = { DAY_MS };
	cr_expect_float_eq(rate_limit_refill(&limit, 5, then, moment_add(then, -20000)), 5, 1e-9);
	cr_expect_float_eq(rate_limit_refill(&limit, 5, then, moment_add(then, -20001)), 100, 1e-9);
}

struct bucket {
	const char *name;
	double tokens;
	int64_t turn;
	struct moment at, blocked_until;
	int64_t blocked_ms;
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
static const struct field step_fields[] = { FIELD(struct bucket, name, .stored = "_id") };
static const struct record_type step_record = RECORD_TYPE("Step", struct bucket, step_fields);

static struct store *store;
static struct error err;

static void open_store(void) {
	err = ERROR_INIT;
	store = open_test_store();
	cr_assert(store_insert(store, "schema_migrations", &step_record, &(struct bucket){ .name = "1" }, &err));
}

static void close_store(void) {
	drop_test_store(store);
}

static int take(int wanted, int64_t *wait_ms) {
	int taken;
	cr_assert(rate_limit_take(store, &limit, wanted, &taken, wait_ms, &err), "%s", err.text);
	return taken;
}

/* A wall clock that is wrong by a day changes nothing. */
Test(rate_limit, goes_by_the_clock_of_the_database, .init = open_store, .fini = close_store) {
	int64_t wait_ms;
	cr_expect_eq(take(100, &wait_ms), 100);
	moment_freeze(moment_add(moment_now(), DAY_MS));
	cr_expect_eq(take(100, &wait_ms) / 50, 0, "it is not full again");
	cr_assert(rate_limit_correct(store, &limit, 0, 60000, &err));
	moment_freeze(MOMENT_NONE);
	cr_expect_eq(take(1, &wait_ms), 0);
	cr_expect(wait_ms > 50000 && wait_ms <= 60000, "%lld", (long long)wait_ms);
	cr_assert(rate_limit_correct(store, &limit, 0, 1000, &err), "it stays closed for what was said before");
	cr_expect_eq(take(1, &wait_ms), 0);
	cr_expect_gt(wait_ms, 40000);
}

Test(rate_limit, that_was_closed_before_the_clock_was_put_back_opens, .init = open_store, .fini = close_store) {
	struct bucket bucket = { "x", 0, 7, moment_add(moment_now(), DAY_MS), moment_add(moment_now(), DAY_MS), 60000 };
	int64_t wait_ms;
	cr_assert(store_insert(store, "rate_buckets", &bucket_record, &bucket, &err));
	cr_expect_eq(take(10, &wait_ms), 10);
}

static int64_t seconds_kept(const char *name) {
	ARENA_AUTO arena = arena_new();
	struct bucket bucket;
	bool found;
	cr_assert(store_find(store, "rate_buckets", FILTER(eq_text("_id", name)), NULL, &bucket_record, arena, &bucket,
	                     &found, &err) &&
	          found);
	return moment_is_set(bucket.expires_at) ? (bucket.expires_at.ms - bucket.at.ms) / SECOND_MS : -1;
}

/* Each stranger's address may have one. */
Test(rate_limit, goes_an_hour_after_it_is_full_again, .init = open_store, .fini = close_store) {
	int64_t wait_ms;
	cr_expect_eq(take(100, &wait_ms), 100);
	cr_expect_eq(seconds_kept("x"), 3600 + 10);
	cr_assert(rate_limit_correct(store, &limit, 0, DAY_MS, &err), "%s", err.text);
	cr_expect_eq(seconds_kept("x"), 3600 + 86400, "it stays for as long as it is closed");
	cr_expect_eq(take(1, &wait_ms), 0);
}
