/* Rates of counters, and counters that decreased. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "metrics/metrics.h"
#include "metrics/usual.h"

static const struct metrics sample = { .sent = 2000,
	                                   .opened = 780,
	                                   .clicked = 156,
	                                   .bounced = 50,
	                                   .unsubscribed = 10,
	                                   .spam_complaints = 2,
	                                   .bounced_hard = 30,
	                                   .bounced_soft = 20 };

Test(metrics, denominators) {
	cr_expect_float_eq(metrics_rate(&sample, METRIC_OPEN_RATE), 40.0, 1e-9);
	cr_expect_float_eq(metrics_rate(&sample, METRIC_CLICK_RATE), 8.0, 1e-9);
	cr_expect_float_eq(metrics_rate(&sample, METRIC_BOUNCE_RATE), 2.5, 1e-9);
	cr_expect_float_eq(metrics_rate(&sample, METRIC_UNSUBSCRIBE_RATE), 0.5, 1e-9);
	cr_expect_float_eq(metrics_rate(&sample, METRIC_CLICK_TO_OPEN_RATE), 20.0, 1e-9);
	cr_expect_float_eq(metrics_rate(&sample, METRIC_COMPLAINT_RATE), 100.0 * 2 / 1950, 1e-9);
	cr_expect(isnan(metrics_rate(&(struct metrics){ 0 }, METRIC_OPEN_RATE)));
}

/* What a page says a rate is of must be what it is of. */
Test(metrics, formulas_name_their_denominators) {
	static const struct {
		const char *words;
		int64_t people;
	} wholes[] = { { "delivered", 1950 }, { "people who opened", 780 }, { "sent", 2000 } };
	for (int m = 0; m < METRIC_COUNT; m++) {
		const char *after = strstr(metric_rows[m].formula, "÷ ");
		cr_assert_not_null(after);
		cr_expect_str_eq(after + strlen("÷ "), metric_rows[m].denominator);
		for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
			if (strcmp(wholes[i].words, metric_rows[m].denominator) == 0)
				cr_expect_eq(metrics_whole(&sample, (enum metric)m), wholes[i].people, "%s", metric_rows[m].key);
	}
}

Test(metrics, limits_are_of_the_same_wholes) {
	ARENA_AUTO arena = arena_new();
	const struct metrics half = { .sent = 2000, .bounced = 1000, .bounced_soft = 1000, .unsubscribed = 9 };
	const struct metrics left = { .sent = 2000, .bounced = 1000, .bounced_soft = 1000, .unsubscribed = 10 };
	cr_expect_null(metrics_alarm(arena, &half), "0.45 %% of sent, 0.9 %% of delivered");
	cr_expect_str_eq(metrics_alarm(arena, &left), "Unsubscribe rate 0.50\u00a0%, limit 0.50\u00a0%");
}

Test(metrics, every_broken_limit_is_told) {
	ARENA_AUTO arena = arena_new();
	struct broken_limit broken[LIMIT_COUNT];
	const struct metrics bad = {
		.sent = 609, .bounced = 63, .bounced_hard = 49, .bounced_soft = 14, .unsubscribed = 6, .spam_complaints = 2
	};
	struct metrics few = bad;
	few.sent = 160;
	cr_assert_eq(metrics_broken_limits(&bad, broken), 3);
	cr_expect_str_eq(metrics_alarm(arena, &bad),
	                 "Complaint rate 0.366\u00a0%, limit 0.10\u00a0%; hard bounce rate 8.05\u00a0%, limit 2\u00a0%; "
	                 "unsubscribe rate 0.99\u00a0%, limit 0.50\u00a0%");
	cr_expect(broken[0].limit == LIMIT_COMPLAINTS && broken[0].part == 2 && broken[0].whole == 546);
	cr_expect(broken[1].limit == LIMIT_HARD_BOUNCES && broken[1].whole == 609);
	cr_expect_float_eq(broken[1].percent, 8.05, 0.01);
	cr_expect_float_eq(broken[2].percent, 0.99, 0.01);
	cr_expect_eq(metrics_broken_limits(&few, broken), 0, "only 97 got it");
	few = (struct metrics){ .sent = 2000, .bounced = 0, .bounced_hard = COUNT_NONE, .spam_complaints = COUNT_NONE };
	cr_expect_eq(metrics_broken_limits(&few, broken), 0, "what is unknown breaks no limit");
}

Test(metrics, changes_in_words) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(metric_change_text(arena, 2.8, 2.5, true), "▲ 0.30\u00a0pp");
	cr_expect_str_eq(metric_change_text(arena, 96, 100, false), "▼ 4.00\u00a0%");
	cr_expect_str_eq(metric_change_text(arena, 2.501, 2.5, true), "no change");
	cr_expect_null(metric_change_text(arena, 1, 0, false));
	cr_expect_null(metric_change_text(arena, NAN, 1, true));
	cr_expect_str_eq(metric_points_text(arena, METRIC_CLICK_RATE, 0.37, 2.16), "↓ 1.79\u00a0pp");
	cr_expect_str_eq(metric_points_text(arena, METRIC_OPEN_RATE, 32.5, 14.1), "↑ 18.4\u00a0pp");
	cr_expect_str_eq(metric_points_text(arena, METRIC_OPEN_RATE, 32.52, 32.5), "no change");
	cr_expect_null(metric_points_text(arena, METRIC_OPEN_RATE, NAN, 1));
	cr_expect_str_eq(metric_count_change_text(arena, 45922, 43694), "↑ 5.1\u00a0%");
	cr_expect_str_eq(metric_count_change_text(arena, 9999, 10000), "no change");
	cr_expect_null(metric_count_change_text(arena, 5, 0));
	cr_expect_null(metric_count_change_text(arena, 5, COUNT_NONE));
}

/* By the rate's interval: 40 of 1,000 and 4 of 100 are the same rate, but only one is surely above. */
Test(metrics, rates_are_judged_by_their_intervals) {
	ARENA_AUTO arena = arena_new();
	const double rates[] = { 2.0, 2.2, 2.4, 2.5, 2.6, 2.8, 3.0 };
	const struct {
		int64_t clicked, sent;
		int count;
		enum judgement judgement;
		const char *words, *side;
	} cases[] = {
		{ 50, 1000, 7, JUDGED_ABOVE, "above its usual range", "better" },
		{ 5, 100, 7, JUDGED_WITHIN, "within its usual range", NULL },
		{ 25, 1000, 7, JUDGED_WITHIN, "within its usual range", NULL },
		{ 5, 1000, 7, JUDGED_BELOW, "below its usual range", "worse" },
		{ 50, 1000, 4, JUDGED_NOT, NULL, NULL },
		{ 0, 0, 7, JUDGED_NOT, NULL, NULL },
		{ COUNT_NONE, 1000, 7, JUDGED_NOT, NULL, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct usual usual = usual_of(rates, cases[i].count);
		struct metrics metrics = { .sent = cases[i].sent, .clicked = cases[i].clicked };
		const char *side, *words;
		cr_expect_eq(usual_judge(&usual, &metrics, METRIC_CLICK_RATE), cases[i].judgement, "case %zu", i);
		words = judgement_text(cases[i].judgement, METRIC_CLICK_RATE, &side);
		cr_expect(text_same(words, cases[i].words) && text_same(side, cases[i].side), "case %zu", i);
		words = verdict_text(cases[i].judgement, METRIC_CLICK_RATE, &side);
		cr_expect(!words == !cases[i].side && !side == !cases[i].side, "case %zu", i);
	}
	const char *side;
	(void)judgement_text(JUDGED_ABOVE, METRIC_BOUNCE_RATE, &side);
	cr_expect_str_eq(side, "worse");
	cr_expect_str_eq(verdict_text(JUDGED_ABOVE, METRIC_BOUNCE_RATE, &side), "Above");
	cr_expect_str_eq(side, "bad");
	struct usual usual = usual_of(rates, 7);
	cr_expect_str_eq(usual_text(arena, METRIC_CLICK_RATE, &usual), "2.30–2.70\u00a0%, median 2.50\u00a0%");
	cr_expect_str_eq(usual_range_text(arena, METRIC_CLICK_RATE, &usual, false), "2.3–2.7\u00a0%");
	cr_expect(strlen(usual_range_text(arena, METRIC_CLICK_RATE, &usual, true)) > strlen("2.3–2.7\u00a0%"));
	usual = (struct usual){ .low = 0.96, .high = 1.04, .count = 7 };
	cr_expect_str_eq(usual_range_text(arena, METRIC_BOUNCE_RATE, &usual, false), "0.96–1.04\u00a0%");
	usual = (struct usual){ .low = 0.1, .high = 0.2, .count = 7 };
	cr_expect_str_eq(usual_range_text(arena, METRIC_UNSUBSCRIBE_RATE, &usual, false), "0.10–0.20\u00a0%");
	usual.low = usual.high = 0;
	cr_expect_str_eq(usual_range_text(arena, METRIC_COMPLAINT_RATE, &usual, false), "0.000\u00a0%");
	usual = usual_of(rates, 0);
	cr_expect_null(usual_text(arena, METRIC_CLICK_RATE, &usual));
	cr_expect_null(usual_range_text(arena, METRIC_CLICK_RATE, &usual, false));
}

/* What is still collecting lowers the rate that is shown: then "above 2–3 %" would stand beside 2.9 %. */
Test(metrics, a_verdict_never_contradicts_the_rate_beside_it) {
	const double rates[] = { 2, 2.2, 2.4, 2.6, 2.8, 3, 3.2 };
	struct usual usual = usual_of(rates, 7);
	struct metrics above = { .sent = 1000, .clicked = 50, .bounced = 0 }, below = { .sent = 1000, .clicked = 5 };
	cr_expect_eq(usual_judge_beside(&usual, &above, usual.high + 0.1, METRIC_CLICK_RATE), JUDGED_ABOVE);
	cr_expect_eq(usual_judge_beside(&usual, &above, usual.high, METRIC_CLICK_RATE), JUDGED_WITHIN);
	cr_expect_eq(usual_judge_beside(&usual, &below, usual.low - 0.1, METRIC_CLICK_RATE), JUDGED_BELOW);
	cr_expect_eq(usual_judge_beside(&usual, &below, usual.low, METRIC_CLICK_RATE), JUDGED_WITHIN);
}

/* Rates of a sum are of those campaigns whose counts are known. */
Test(metrics, a_sum_with_an_unknown_counter) {
	struct metrics sum = { 0 }, all = { 0 }, unknown = sample;
	unknown.bounced = unknown.bounced_hard = unknown.bounced_soft = COUNT_NONE;
	metrics_add(&sum, &sample);
	metrics_add(&sum, &unknown);
	cr_expect(sum.sent == 4000 && sum.opened == 1560 && sum.bounced == 50);
	cr_expect_eq(metrics_delivered(&sum), 1950);
	cr_expect_float_eq(metrics_rate(&sum, METRIC_OPEN_RATE), 40.0, 1e-9);
	cr_expect_float_eq(metrics_rate(&sum, METRIC_BOUNCE_RATE), 2.5, 1e-9);
	cr_expect_float_eq(metrics_rate(&sum, METRIC_UNSUBSCRIBE_RATE), 0.5, 1e-9);
	metrics_add(&all, &sum);
	cr_expect_float_eq(metrics_rate(&all, METRIC_OPEN_RATE), 40.0, 1e-9);
	cr_expect(all.pool.campaigns == 2 && metrics_delivered(&all) == 1950);
}

/* A counter that the provider did not tell is unknown: neither 0, nor a decrease, and nothing is delivered by it. */
Test(metrics, an_unknown_counter) {
	struct metrics before = sample, now = sample;
	now.bounced = now.bounced_hard = now.bounced_soft = COUNT_NONE;
	cr_expect_eq(metrics_delivered(&now), COUNT_NONE);
	cr_expect(isnan(metrics_rate(&now, METRIC_OPEN_RATE)) && isnan(metrics_rate(&now, METRIC_BOUNCE_RATE)));
	cr_expect_float_eq(metrics_rate(&now, METRIC_UNSUBSCRIBE_RATE), 0.5, 1e-9);
	cr_expect_null(metrics_decreased(&before, &now));
	cr_expect_not(metrics_equal(&before, &now));
}

/* Fewer than nobody cannot have been delivered to, and would lower the sum over several campaigns. */
Test(metrics, more_bounces_than_mails_tell_nothing_of_the_delivered) {
	struct metrics odd = { .sent = 10, .bounced = 30, .bounced_hard = 30, .opened = 2 },
				   fine = { .sent = 100, .bounced = 20, .opened = 40 }, sum = { 0 };
	cr_expect_eq(metrics_delivered(&odd), COUNT_NONE);
	metrics_add(&sum, &odd);
	metrics_add(&sum, &fine);
	cr_expect_eq(metrics_delivered(&sum), 80);
	cr_expect_float_eq(metrics_rate(&sum, METRIC_OPEN_RATE), 50, 1e-9);
}

Test(metrics, falls_are_named) {
	struct metrics lower = sample;
	lower.clicked = 155;
	cr_expect_str_eq(metrics_decreased(&sample, &lower), "clicked");
	cr_expect_null(metrics_decreased(&lower, &sample));
	cr_expect(metrics_equal(&sample, &sample) && !metrics_equal(&sample, &lower));
}

static void note_refused(void *context, const char *name, const char *why) {
	cr_expect(strlen(why) > 5);
	(void)strncat(context, name, 100);
	(void)strncat(context, " ", 2);
}

/* A counter above what it counts of: it stays as it was, and is named. */
Test(metrics, counters_that_cannot_be_true_together) {
	const struct metrics before = { .sent = 635,
		                            .opened = 200,
		                            .clicked = 20,
		                            .bounced = 7,
		                            .bounced_hard = 3,
		                            .bounced_soft = 4,
		                            .opened_total = 300,
		                            .clicked_total = 30 };
	const struct {
		struct metrics told;
		const char *refused;
		bool was_known;
	} cases[] = {
		{ { .sent = 635,
		    .opened = 210,
		    .clicked = 21,
		    .bounced_hard = 3,
		    .bounced_soft = 5,
		    .opened_total = 310,
		    .clicked_total = 30 },
		  "",
		  true },
		{ { .sent = 635, .opened = 628, .opened_total = 700, .bounced_hard = 3, .bounced_soft = 4 }, "", true },
		{ { .sent = 635, .opened = 629, .opened_total = 700, .bounced_hard = 3, .bounced_soft = 4 },
		  "opened.unique ",
		  true },
		{ { .sent = 635, .bounced_hard = COUNT_MAX, .bounced_soft = 4 }, "bounced.hard ", true },
		{ { .sent = 635, .bounced_hard = 600, .bounced_soft = 600 }, "bounced.hard bounced.soft ", true },
		{ { .sent = 635, .bounced_hard = 600, .bounced_soft = 600 }, "bounced.hard bounced.soft ", false },
		{ { .sent = 635, .unsubscribed = 636, .spam_complaints = COUNT_MAX, .clicked = 700, .clicked_total = 900 },
		  "unsubscribed clicked.unique complained ",
		  true },
		{ { .sent = 5, .opened = 210, .opened_total = 310, .bounced_hard = 3, .bounced_soft = 4 }, "sent ", true },
		{ { .sent = 0, .opened = 210, .opened_total = 310, .bounced_hard = COUNT_NONE, .bounced_soft = COUNT_NONE },
		  "sent ",
		  true },
		{ { .sent = 0, .opened = 210, .opened_total = 310 }, "opened.unique ", false },
		{ { .sent = 635, .opened = 210, .opened_total = 209, .clicked = 2, .clicked_total = 1 },
		  "opened.total clicked.total ",
		  true },
		{ { .sent = COUNT_NONE, .opened = COUNT_MAX, .opened_total = COUNT_MAX }, "opened.unique ", true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char refused[400] = "";
		struct metrics told = cases[i].told;
		metrics_complete(&told, NULL);
		metrics_refute(&told, cases[i].was_known ? &before : NULL, note_refused, refused);
		cr_expect_str_eq(refused, cases[i].refused, "case %zu: %s", i, refused);
		metrics_complete(&told, cases[i].was_known ? &before : NULL);
		int64_t delivered = metrics_delivered(&told);
		cr_expect(delivered == COUNT_NONE || delivered >= 0, "case %zu", i);
		for (int m = 0; m < METRIC_COUNT; m++)
			cr_expect_not(metrics_rate(&told, (enum metric)m) > 100 || metrics_rate(&told, (enum metric)m) < 0,
			              "case %zu", i);
	}
}

/* What an older version stored, or what has no other order, such as clickers among openers: no figure. */
Test(metrics, what_cannot_be_is_no_figure) {
	const struct metrics impossible = {
		.sent = 635, .bounced = COUNT_MAX, .bounced_hard = COUNT_MAX, .clicked = 5, .opened = 4, .unsubscribed = 700
	};
	struct metrics sum = { 0 };
	cr_expect_eq(metrics_delivered(&impossible), COUNT_NONE);
	for (int m = 0; m < METRIC_COUNT; m++)
		cr_expect(isnan(metrics_rate(&impossible, (enum metric)m)), "%d", m);
	metrics_add(&sum, &impossible);
	metrics_add(&sum, &sample);
	cr_expect_eq(metrics_delivered(&sum), 1950);
	cr_expect_float_eq(metrics_rate(&sum, METRIC_BOUNCE_RATE), 2.5, 1e-9);
	cr_expect_float_eq(metrics_rate(&sum, METRIC_OPEN_RATE), 40.0, 1e-9);
}
