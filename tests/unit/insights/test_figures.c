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

/* Of 10,000 each; `settled` is what is left without the newest campaigns. */
Test(figures, a_change_has_a_colour_if_it_is_more_than_chance_without_what_is_still_collecting) {
	const struct metrics before = { .sent = 10000, .clicked = 300, .unsubscribed = 30 };
	static const struct {
		struct metrics now, settled;
		enum metric metric;
		const char *kind;
	} rows[] = {
		{ { .sent = 10000, .clicked = 450 }, { .sent = 10000, .clicked = 450 }, METRIC_CLICK_RATE, "good" },
		{ { .sent = 10000, .clicked = 200 }, { .sent = 10000, .clicked = 200 }, METRIC_CLICK_RATE, "bad" },
		{ { .sent = 10000, .clicked = 305 }, { .sent = 10000, .clicked = 305 }, METRIC_CLICK_RATE, NULL },
		/* only because the newest has hardly been clicked yet */
		{ { .sent = 20000, .clicked = 310 }, { .sent = 10000, .clicked = 305 }, METRIC_CLICK_RATE, NULL },
		/* what has settled went the other way */
		{ { .sent = 20000, .clicked = 450 }, { .sent = 10000, .clicked = 440 }, METRIC_CLICK_RATE, NULL },
		{ { .sent = 10000, .clicked = 200 }, { 0 }, METRIC_CLICK_RATE, NULL },
		/* of losses fewer are good */
		{ { .sent = 10000, .unsubscribed = 90 },
		  { .sent = 10000, .unsubscribed = 90 },
		  METRIC_UNSUBSCRIBE_RATE,
		  "bad" },
		{ { .sent = 10000, .unsubscribed = 5 }, { .sent = 10000, .unsubscribed = 5 }, METRIC_UNSUBSCRIBE_RATE, "good" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *kind = figures_change_kind(&rows[i].now, &rows[i].settled, &before, rows[i].metric);
		cr_expect(text_same(kind, rows[i].kind) || (!kind && !rows[i].kind), "%zu: %s", i, kind ? kind : "none");
	}
}
