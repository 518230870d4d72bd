/* Figures of a period. */
#include <criterion/criterion.h>

#include "insights/figures.h"

static struct campaign campaign(int64_t sent, int64_t opened, int64_t clicked) {
	struct campaign one;
	record_clear(&campaign_record, &one);
	one.has_report = true;
	one.current_metrics = (struct metrics){ .sent = sent, .opened = opened, .clicked = clicked };
	return one;
}

/* A campaign to nobody has the rate 0, one whose summary does not tell the counter has none. */
Test(figures, a_mean_is_over_the_campaigns_that_tell) {
	ARENA_AUTO arena = arena_new();
	struct campaign campaigns[] = { campaign(100, 40, 10), campaign(100, 20, COUNT_NONE),
		                            campaign(100, COUNT_NONE, COUNT_NONE), campaign(0, 0, 0) };
	struct figures figures;
	figures_of(campaigns, 4, arena, &figures);
	struct figures_stats stats = figures_stats_of(&figures);
	cr_expect_eq(figures.with_report, 4);
	cr_expect_float_eq(stats.avg_open_rate, 0.2, 1e-9, "%g", stats.avg_open_rate);
	cr_expect_float_eq(stats.median_open_rate, 0.2, 1e-9);
	cr_expect_float_eq(stats.avg_click_rate, 0.05, 1e-9, "%g", stats.avg_click_rate);
	cr_expect_float_eq(stats.std_open_rate, 0.16329931618554522, 1e-9);
}
