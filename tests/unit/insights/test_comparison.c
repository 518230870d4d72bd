/* Which differences between campaigns are more than chance. */
#include <criterion/criterion.h>
#include <string.h>

#include "insights/comparison.h"
#include "insights/peers.h"
#include "unit/support.h"

/* The same wholes for all rates, to be filled with parts. */
static struct compared two(int64_t first, int64_t of_first, int64_t second, int64_t of_second) {
	return (struct compared){ { { first, of_first }, { second, of_second } }, 2 };
}

static const char *verdict_of(const struct compared *compared, enum metric metric, struct arena *arena, bool *clear) {
	struct difference difference = difference_of(compared, metric);
	return difference_verdict(arena, metric, &difference, compared->count, clear);
}

Test(comparison, two_campaigns) {
	ARENA_AUTO arena = arena_new();
	bool clear;
	struct compared clicks = two(45, 1006, 26, 1231), bounces = two(10, 1016, 12, 1243), none = two(0, 1006, 0, 1231);
	struct difference difference = difference_of(&clicks, METRIC_CLICK_RATE);
	cr_expect(difference.first == 0 && difference.second == 1 && difference.better == 0 && !difference.none);
	cr_expect_str_eq(difference_points(arena, METRIC_CLICK_RATE, &difference), "+2.36\u00a0pp");
	cr_expect_str_eq(difference_interval(arena, METRIC_CLICK_RATE, &difference), "0.9 to 4.0");
	cr_expect_str_eq(verdict_of(&clicks, METRIC_CLICK_RATE, arena, &clear), "A is better");
	cr_expect(clear);
	cr_expect_str_eq(verdict_of(&clicks, METRIC_UNSUBSCRIBE_RATE, arena, &clear), "B is better");
	cr_expect_str_eq(verdict_of(&clicks, METRIC_OPEN_RATE, arena, &clear), "A is higher; opens are unreliable");
	cr_expect(!clear);
	cr_expect_str_eq(verdict_of(&bounces, METRIC_BOUNCE_RATE, arena, &clear), "No clear difference");
	difference = difference_of(&bounces, METRIC_BOUNCE_RATE);
	cr_expect_str_eq(difference_interval(arena, METRIC_BOUNCE_RATE, &difference), "−0.8 to 0.9");
	cr_expect_str_eq(verdict_of(&none, METRIC_COMPLAINT_RATE, arena, &clear), "None");
	struct compared even = two(1, 814, 1, 811);
	difference = difference_of(&even, METRIC_UNSUBSCRIBE_RATE);
	cr_expect_str_eq(difference_points(arena, METRIC_UNSUBSCRIBE_RATE, &difference), "0.00\u00a0pp");
	struct compared unknown = two(45, 1006, COUNT_NONE, 1231);
	cr_expect_str_eq(verdict_of(&unknown, METRIC_CLICK_RATE, arena, &clear), "Not known");
	difference = difference_of(&unknown, METRIC_CLICK_RATE);
	cr_expect(!difference_points(arena, METRIC_CLICK_RATE, &difference) && difference.better == -1);
}

/* The best against the worst, with an interval that allows for having chosen them. */
Test(comparison, more_than_two) {
	ARENA_AUTO arena = arena_new();
	bool clear;
	struct compared best = { { { 20, 1000 }, { 60, 1000 }, { 22, 1000 } }, 3 };
	struct compared close = { { { 20, 1000 }, { 60, 1000 }, { 55, 1000 } }, 3 };
	struct compared chosen = { { { 25, 1000 }, { 41, 1000 }, { 33, 1000 } }, 3 };
	struct compared same = { { { 5, 100 }, { 5, 100 }, { COUNT_NONE, 100 } }, 3 };
	cr_expect_str_eq(verdict_of(&best, METRIC_CLICK_RATE, arena, &clear), "B is best");
	cr_expect_str_eq(verdict_of(&close, METRIC_CLICK_RATE, arena, &clear), "B is better than A");
	cr_expect_str_eq(verdict_of(&chosen, METRIC_CLICK_RATE, arena, &clear), "No clear difference");
	struct compared pair = { { chosen.shares[0], chosen.shares[1] }, 2 };
	cr_expect_str_eq(verdict_of(&pair, METRIC_CLICK_RATE, arena, &clear), "B is better", "alone they would differ");
	cr_expect_str_eq(verdict_of(&best, METRIC_BOUNCE_RATE, arena, &clear), "A is better than B");
	struct difference difference = difference_of(&best, METRIC_BOUNCE_RATE);
	cr_expect(difference.first == 0 && difference.second == 1 && difference.points < 0);
	cr_expect_str_eq(verdict_of(&same, METRIC_CLICK_RATE, arena, &clear), "No clear difference");
}

Test(comparison, the_finding_in_words) {
	ARENA_AUTO arena = arena_new();
	struct compared rates[METRIC_COUNT];
	for (int i = 0; i < METRIC_COUNT; i++)
		rates[i] = two(10, 1006, 12, 1231);
	rates[METRIC_CLICK_RATE] = two(45, 1006, 26, 1231);
	rates[METRIC_OPEN_RATE] = two(369, 1006, 380, 1231);
	rates[METRIC_COMPLAINT_RATE] = two(COUNT_NONE, 1006, 0, 1231);
	struct finding finding = comparison_finding(arena, rates, "after 3 days");
	cr_expect_str_eq(finding.title, "A’s click rate is more than twice B’s");
	cr_expect_str_eq(finding.text,
	                 "A 4.47\u00a0% against B 2.11\u00a0% after 3 days: a difference of 2.36\u00a0pp (95\u00a0% "
	                 "interval 0.9 "
	                 "to 4.0\u00a0pp). A was opened more often, but opens are unreliable. No clear difference in "
	                 "bounces and unsubscribes.");
	rates[METRIC_CLICK_RATE] = two(10, 1006, 12, 1231);
	rates[METRIC_UNSUBSCRIBE_RATE] = two(60, 1006, 12, 1231);
	finding = comparison_finding(arena, rates, "to date");
	cr_expect_str_eq(finding.title, "No clear difference in clicks");
	cr_expect_not_null(strstr(finding.text, "B had fewer unsubscribes than A. No clear difference in bounces."));
	rates[METRIC_CLICK_RATE] = two(COUNT_NONE, 1006, 12, 1231);
	cr_expect_str_eq(comparison_finding(arena, rates, "to date").title, "Not enough is known to compare clicks");
}

/* However much they differ: what is still collecting, or went to a handful, gets no verdict. */
Test(comparison, no_verdict_with_a_reserve) {
	ARENA_AUTO arena = arena_new();
	const struct reserve reserve = { "Still collecting", "No verdict yet: B is still collecting", "Later." };
	struct compared rates[METRIC_COUNT];
	bool clear = true;
	for (int i = 0; i < METRIC_COUNT; i++) {
		rates[i] = two(45, 1006, 26, 1231);
		rates[i].reserve = &reserve;
		cr_expect_str_eq(verdict_of(&rates[i], (enum metric)i, arena, &clear), "Still collecting");
		cr_expect(!clear);
	}
	struct difference difference = difference_of(&rates[METRIC_CLICK_RATE], METRIC_CLICK_RATE);
	cr_expect(difference.better == -1);
	cr_expect_str_eq(difference_points(arena, METRIC_CLICK_RATE, &difference), "+2.36\u00a0pp");
	struct finding finding = comparison_finding(arena, rates, "to date");
	cr_expect_str_eq(finding.title, reserve.title);
	cr_expect_str_eq(finding.text, "A 4.47\u00a0% against B 2.11\u00a0% to date: so far a difference of 2.36\u00a0pp "
	                               "(95\u00a0% interval 0.9 to 4.0\u00a0pp). Later.");
}

static struct campaign sent(const char *when, int64_t people) {
	return (struct campaign){
		.status = CAMPAIGN_SENT, .has_report = true, .sent_at = at(when), .current_metrics = { .sent = people }
	};
}

/* "No verdict yet: B is still collecting". */
Test(comparison, a_reserve_says_whose_it_is_and_until_when) {
	ARENA_AUTO arena = arena_new();
	const struct moment now = at("2026-11-20T12:00:00Z");
	const struct campaign old = sent("2026-11-01T10:00:00Z", 5000), young = sent("2026-11-18T10:00:00Z", 5000),
						  younger = sent("2026-11-19T10:00:00Z", 5000), few = sent("2026-11-01T10:00:00Z", 99),
						  enough = sent("2026-11-01T10:00:00Z", METRICS_FEW);
	const struct {
		struct campaign campaigns[4];
		int count;
		const char *verdict, *title, *part;
	} rows[] = {
		{ { old, enough }, 2, NULL, NULL, NULL },
		{ { old, young }, 2, "Still collecting", "No verdict yet: B is still collecting", "from 21 Nov, 10:00 on" },
		{ { young, old, younger },
		  3,
		  "Still collecting",
		  "No verdict yet: A and C are still collecting",
		  "22 Nov, 10:00" },
		{ { young, younger, few, young },
		  4,
		  "Still collecting",
		  "No verdict yet: A, B and D are still collecting",
		  "22 Nov" },
		{ { few, old }, 2, "Too few to judge", "No verdict: too few people got A", "Under 100 delivered" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct reserve *reserve = comparison_reserve(arena, rows[i].campaigns, rows[i].count, now);
		cr_assert_eq(reserve != NULL, rows[i].verdict != NULL, "%zu", i);
		if (!reserve)
			continue;
		cr_expect_str_eq(reserve->verdict, rows[i].verdict);
		cr_expect_str_eq(reserve->title, rows[i].title);
		cr_expect_not_null(strstr(reserve->text, rows[i].part), "%s", reserve->text);
	}
}
