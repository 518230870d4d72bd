/* Rates of counters, and counters that decreased. */
#include <criterion/criterion.h>
#include <math.h>

#include "metrics/metrics.h"

static const struct metrics sample = { .sent = 2000,
	                                   .opened = 780,
	                                   .clicked = 156,
	                                   .bounced = 50,
	                                   .unsubscribed = 10,
	                                   .bounced_hard = 30,
	                                   .bounced_soft = 20 };

Test(metrics, denominators) {
	cr_expect_float_eq(metrics_rate(&sample, METRIC_OPEN_RATE), 40.0, 1e-9);
	cr_expect_float_eq(metrics_rate(&sample, METRIC_CLICK_RATE), 8.0, 1e-9);
	cr_expect_float_eq(metrics_rate(&sample, METRIC_BOUNCE_RATE), 2.5, 1e-9);
	cr_expect(isnan(metrics_rate(&(struct metrics){ 0 }, METRIC_OPEN_RATE)));
}

Test(metrics, changes_in_words) {
	ARENA_AUTO arena = arena_new();
	const char *verdict = "";
	cr_expect_str_eq(metric_change_text(arena, 2.8, 2.5, true, true, &verdict), "▲ 0.30 pp");
	cr_expect_str_eq(verdict, "better");
	cr_expect_str_eq(metric_change_text(arena, 96, 100, false, true, &verdict), "▼ 4.00 %");
	cr_expect_str_eq(verdict, "worse");
	cr_expect_str_eq(metric_change_text(arena, 2.501, 2.5, true, true, &verdict), "no change");
	cr_expect_null(verdict);
	cr_expect_null(metric_change_text(arena, 1, 0, false, true, &verdict));
	cr_expect_null(metric_change_text(arena, NAN, 1, true, true, &verdict));
}

Test(metrics, falls_are_named) {
	struct metrics lower = sample;
	lower.clicked = 155;
	cr_expect_str_eq(metrics_decreased(&sample, &lower), "clicked");
	cr_expect_null(metrics_decreased(&lower, &sample));
	cr_expect(metrics_equal(&sample, &sample) && !metrics_equal(&sample, &lower));
}
