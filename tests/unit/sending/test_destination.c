/* The speed of one destination. */
#include <criterion/criterion.h>

#include "sending/destination.h"

static const struct moment noon = { 43200000 };

Test(destination, groups_addresses_by_provider) {
	static const char *const names[][2] = {
		{ "a@gmail.com", "gmail" },
		{ "a@GoogleMail.com", "gmail" },
		{ "a@hotmail.co.uk", "microsoft" },
		{ "a@outlook.de", "microsoft" },
		{ "a@web.de", "gmx" },
		{ "a@me.com", "apple" },
		{ "a@acme.example", "acme.example" },
		{ "a@notgmail.com", "notgmail.com" },
		{ "a@gmail.com.example", "gmail.com.example" },
		{ "nobody", "" },
		{ "", "" },
	};
	char out[DESTINATION_NAME_MAX + 1];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		cr_expect_str_eq(destination_name(names[i][0], out), names[i][1], "%s: %s", names[i][0], out);
	cr_expect_str_eq(destination_name(NULL, out), "");
}

static bool note(struct destination *destination, int64_t taken, int64_t deferred, int64_t verdicts, int64_t after_ms) {
	const struct destination_replies replies = { taken, deferred, verdicts };
	return destination_note(destination, &replies, 1000, moment_add(noon, after_ms));
}

static int64_t wait_ms(const struct destination *destination, int64_t after_ms, int64_t *rate) {
	struct pace_limits limits;
	int64_t wait;
	destination_limits(destination, moment_add(noon, after_ms), &limits, &wait);
	*rate = limits.per[PACE_MINUTE];
	return wait;
}

Test(destination, tolerates_five_of_a_hundred) {
	struct destination destination = DESTINATION_NEW;
	int64_t rate;
	for (int i = 0; i < 10; i++) {
		cr_expect_not(note(&destination, 45, 3, 0, 0));
		cr_expect_not(note(&destination, 50, 2, 0, 0));
	}
	cr_expect(wait_ms(&destination, 0, &rate) == 0 && rate == 0);
	cr_expect_not(note(&destination, 60, 5, 0, 0));
	cr_expect(note(&destination, 0, 1, 0, 0), "the sixth of a hundred");
}

Test(destination, is_slowed_paused_and_tried) {
	struct destination destination = DESTINATION_NEW;
	int64_t rate;
	cr_expect(note(&destination, 0, 6, 0, 0));
	cr_expect_eq(wait_ms(&destination, 0, &rate), 5 * MINUTE_MS);
	cr_expect_eq(wait_ms(&destination, 4 * MINUTE_MS, &rate), MINUTE_MS);
	cr_expect(wait_ms(&destination, 5 * MINUTE_MS, &rate) == 0 && rate == 1, "one goes first");
	cr_expect(note(&destination, 0, 1, 0, 5 * MINUTE_MS), "the one is deferred: longer");
	cr_expect_eq(wait_ms(&destination, 5 * MINUTE_MS, &rate), 10 * MINUTE_MS);
	cr_expect_not(note(&destination, 1, 0, 0, 15 * MINUTE_MS));
	cr_expect(wait_ms(&destination, 15 * MINUTE_MS, &rate) == 0 && rate == 250, "halved twice");
}

Test(destination, becomes_as_fast_as_it_was) {
	struct destination destination = DESTINATION_NEW;
	int64_t rate, last = 0;
	cr_expect(note(&destination, 0, 6, 0, 0));
	for (int i = 0; i < 20; i++) {
		(void)note(&destination, 200, 0, 0, HOUR_MS);
		(void)wait_ms(&destination, HOUR_MS, &rate);
		if (rate == 0)
			break;
		cr_expect_gt(rate, last);
		last = rate;
	}
	cr_expect(rate == 0 && last >= 900, "it was %lld", (long long)last);
}

Test(destination, a_verdict_of_spam_rests_for_an_hour) {
	struct destination destination = DESTINATION_NEW;
	int64_t rate;
	cr_expect(note(&destination, 90, 0, 6, 0));
	cr_expect_eq(wait_ms(&destination, 0, &rate), HOUR_MS);
}

static int64_t below(uint64_t *state, int64_t limit) {
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return (int64_t)((*state >> 33) % (uint64_t)limit);
}

Test(destination, whatever_comes_it_waits_at_most_an_hour_and_always_gives_again) {
	uint64_t seed = 7;
	for (int run = 0; run < 300; run++) {
		struct destination destination = DESTINATION_NEW;
		int64_t at = 0, rate;
		for (int i = 0; i < 200; i++) {
			at += below(&seed, HOUR_MS) - (below(&seed, 20) == 0 ? DAY_MS : 0);
			(void)note(&destination, below(&seed, 50), below(&seed, 4), below(&seed, 2), at);
			int64_t wait = wait_ms(&destination, at, &rate);
			cr_assert(wait >= 0 && wait <= HOUR_MS && rate >= 0);
		}
		cr_assert_eq(wait_ms(&destination, at + HOUR_MS, &rate), 0);
	}
}
