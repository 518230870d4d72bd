/* Limits of speed. */
#include <criterion/criterion.h>

#include "sending/pace.h"

static const struct moment noon = { 43200000 };

static struct pace_grant take(struct pace *pace, const struct pace_limits *limits, int64_t want, int64_t after_ms) {
	return pace_take(&(struct pace_limiter){ pace, limits }, 1, want, moment_add(noon, after_ms));
}

Test(pace, without_limits_gives_all) {
	struct pace pace = PACE_UNUSED;
	struct pace_grant grant = take(&pace, &(struct pace_limits){ 0 }, 1000, 0);
	cr_expect(grant.count == 1000 && grant.limiter == -1);
}

Test(pace, counts_whole_seconds_and_minutes) {
	struct pace pace = PACE_UNUSED;
	const struct pace_limits limits = { { [PACE_SECOND] = 10, [PACE_MINUTE] = 25 } };
	struct pace_grant grant = take(&pace, &limits, 8, 300);
	cr_expect(grant.count == 8 && grant.valid_ms == 700 && grant.limiter == -1);
	grant = take(&pace, &limits, 8, 900);
	cr_expect(grant.count == 2 && grant.valid_ms == 100 && grant.unit == PACE_SECOND);
	grant = take(&pace, &limits, 8, 999);
	cr_expect(grant.count == 0 && grant.valid_ms == 1);
	cr_expect_eq(take(&pace, &limits, 10, 1000).count, 10);
	grant = take(&pace, &limits, 10, 2000);
	cr_expect(grant.count == 5 && grant.unit == PACE_MINUTE);
	grant = take(&pace, &limits, 10, 3000);
	cr_expect(grant.count == 0 && grant.valid_ms == 57000, "the minute is used up");
	cr_expect_eq(take(&pace, &limits, 10, 60000).count, 10);
}

Test(pace, the_tightest_of_several_decides_and_all_count) {
	struct pace system = PACE_UNUSED, campaign = PACE_UNUSED;
	const struct pace_limits wide = { { [PACE_SECOND] = 10 } }, narrow = { { [PACE_MINUTE] = 3 } };
	const struct pace_limiter both[] = { { &system, &wide }, { &campaign, &narrow } };
	struct pace_grant grant = pace_take(both, 2, 100, noon);
	cr_expect(grant.count == 3 && grant.limiter == 1 && grant.unit == PACE_MINUTE);
	cr_expect_eq(take(&system, &wide, 100, 0).count, 7, "what was not given is not counted");
	cr_expect_eq(pace_take(both, 2, 100, moment_add(noon, 1000)).count, 0);
	cr_expect_eq(take(&system, &wide, 100, 1000).count, 10);
}

Test(pace, a_clock_that_is_set_back_neither_blocks_nor_gives_twice) {
	struct pace pace = PACE_UNUSED;
	const struct pace_limits limits = { { [PACE_MINUTE] = 5 } };
	cr_expect_eq(take(&pace, &limits, 5, 0).count, 5);
	cr_expect_eq(take(&pace, &limits, 5, -DAY_MS).count, 0);
	cr_expect_eq(take(&pace, &limits, 5, -DAY_MS + 59999).count, 0);
	cr_expect_eq(take(&pace, &limits, 5, -DAY_MS + 60000).count, 5);
}

Test(pace, keeps_gaps_between_two) {
	struct pace pace = PACE_UNUSED;
	const struct pace_limits limits = { .gap_ms = 2000 };
	struct pace_grant grant = take(&pace, &limits, 8, 0);
	cr_expect(grant.count == 1 && grant.unit == PACE_UNIT_COUNT);
	grant = take(&pace, &limits, 8, 500);
	cr_expect(grant.count == 0 && grant.valid_ms == 1500);
	cr_expect_eq(take(&pace, &limits, 8, 2000).count, 1);
	cr_expect_eq(take(&pace, &limits, 8, 9000).count, 1, "what was not used is not given later");
}

Test(pace, rests_after_each_batch) {
	struct pace pace = PACE_UNUSED;
	const struct pace_limits limits = { .batch = 10, .pause_ms = 5000 };
	cr_expect_eq(take(&pace, &limits, 7, 0).count, 7);
	cr_expect_eq(take(&pace, &limits, 7, 100).count, 3);
	struct pace_grant grant = take(&pace, &limits, 7, 200);
	cr_expect(grant.count == 0 && grant.valid_ms == 4900);
	cr_expect_eq(take(&pace, &limits, 20, 5100).count, 10);
}

Test(pace, keeps_gaps_within_a_batch) {
	struct pace pace = PACE_UNUSED;
	const struct pace_limits limits = { .gap_ms = 2000, .batch = 2, .pause_ms = 5000 };
	static const int64_t free[] = { 0, 2000, 7000, 9000, 14000 };
	for (int i = 0; i < 5; i++) {
		cr_expect_eq(take(&pace, &limits, 5, free[i]).count, 1, "at %lld", (long long)free[i]);
		cr_expect_eq(take(&pace, &limits, 5, free[i] + 1999).count, 0);
	}
}

Test(pace, a_gap_is_no_longer_because_the_clock_is_set_back) {
	struct pace pace = PACE_UNUSED;
	const struct pace_limits limits = { .gap_ms = 2000 };
	cr_expect_eq(take(&pace, &limits, 1, 0).count, 1);
	struct pace_grant grant = take(&pace, &limits, 1, -DAY_MS);
	cr_expect(grant.count == 0 && grant.valid_ms == 2000);
	cr_expect_eq(take(&pace, &limits, 1, 2000 - DAY_MS).count, 1);
}

Test(pace, says_that_the_clock_was_set_back) {
	struct pace pace = PACE_UNUSED;
	const struct pace_limits limits = { { [PACE_MINUTE] = 5 }, .gap_ms = 2000 };
	cr_expect_eq(take(&pace, &limits, 1, 0).count, 1);
	struct pace before = pace;
	cr_expect_eq(take(&pace, &limits, 1, 1000).count, 0);
	cr_expect_not(pace_was_moved(&before, &pace));
	cr_expect_eq(take(&pace, &limits, 1, -DAY_MS).count, 0);
	cr_expect(pace_was_moved(&before, &pace));
}

/* The limits go by the clock's minutes, and the end of one is followed by the beginning of another. */
Test(pace, one_a_minute_is_a_minute_apart) {
	struct pace pace = PACE_UNUSED;
	const struct pace_limits limits = { { [PACE_MINUTE] = 1 } }, more = { { [PACE_MINUTE] = 2 } };
	cr_expect_eq(take(&pace, &limits, 5, 59000).count, 1);
	struct pace_grant grant = take(&pace, &limits, 5, 60000);
	cr_expect(grant.count == 0 && grant.valid_ms == 59000 && grant.unit == PACE_UNIT_COUNT);
	cr_expect_eq(take(&pace, &limits, 5, 118999).count, 0);
	cr_expect_eq(take(&pace, &limits, 5, 119000).count, 1);
	cr_expect_eq(take(&pace, &more, 5, 120000).count, 2, "a new limit counts at once");
}
