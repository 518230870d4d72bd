/* A rate of campaign after campaign. */
#include <criterion/criterion.h>
#include <math.h>

#include "insights/series.h"

static const struct moment now = { 1000 * DAY_MS };

static struct campaign campaign(const char *id, int days, int64_t clicked) {
	struct campaign one;
	record_clear(&campaign_record, &one);
	one.id = id;
	one.status = CAMPAIGN_SENT;
	one.has_report = true;
	one.sent_at = moment_add(now, -days * DAY_MS);
	one.summary_read_at = now;
	one.current_metrics = (struct metrics){ .sent = 100, .clicked = clicked };
	return one;
}

/* Newest first: ten campaigns, 10 days apart, whose click rates are 1 to 10 % from the oldest on. */
static struct figures ten(struct arena *arena) {
	static const char *const ids[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" };
	struct campaign *campaigns = arena_array(arena, struct campaign, 10);
	struct figures figures;
	for (int i = 0; i < 10; i++)
		campaigns[i] = campaign(ids[i], 10 + 10 * i, 10 - i);
	figures_of(campaigns, 10, arena, &figures);
	return figures;
}

Test(series, the_mean_begins_with_the_seventh_point) {
	ARENA_AUTO arena = arena_new();
	struct figures figures = ten(arena);
	struct series series = series_of(&figures, METRIC_CLICK_RATE, now, arena);
	cr_assert_eq(series.count, 10);
	cr_expect(isnan(series.points[5].mean) && series.points[6].mean == 4 && series.points[9].mean == 7);
	cr_expect(series.low == 1 && series.high == 10 && series.median == 5.5);
	cr_expect_str_eq(series_highest(&series)->campaign->id, "a");
	cr_expect_str_eq(series_lowest(&series)->campaign->id, "j");
}

Test(series, leaves_out_what_is_being_sent_and_what_has_no_rate) {
	ARENA_AUTO arena = arena_new();
	struct figures figures = ten(arena);
	figures.campaigns[0].status = CAMPAIGN_SENDING;
	figures.campaigns[1].has_report = false;
	figures.campaigns[2].current_metrics.sent = 0;
	struct series series = series_of(&figures, METRIC_CLICK_RATE, now, arena);
	cr_assert_eq(series.count, 7);
	cr_expect_str_eq(series.points[6].campaign->id, "d");
}

Test(series, what_is_usual_comes_from_the_campaigns_before) {
	ARENA_AUTO arena = arena_new();
	struct figures figures = ten(arena), period = figures;
	period.count = 4; /* the others were sent before */
	struct series series = series_of(&period, METRIC_CLICK_RATE, now, arena);
	series_put_usual(&series, figures.campaigns, figures.count, METRIC_CLICK_RATE, MOMENT_NONE);
	const struct usual *oldest = &series.points[0].usual, *newest = &series.points[3].usual;
	cr_expect(oldest->count == 6 && oldest->median == 3.5);
	cr_expect(newest->count == 9 && newest->low == 3 && newest->median == 5 && newest->high == 7);
}

Test(series, the_ends_are_of_those_that_can_be_ranked) {
	ARENA_AUTO arena = arena_new();
	struct figures figures = ten(arena);
	figures.campaigns[9].current_metrics.sent = 99; /* the oldest, which has the lowest rate */
	figures.campaigns[0].sent_at = moment_add(now, -2 * DAY_MS);
	struct series series = series_of(&figures, METRIC_CLICK_RATE, now, arena);
	cr_expect(series.count == 10 && series.few == 1 && series.collecting == 1);
	cr_expect_str_eq(series_highest(&series)->campaign->id, "b");
	cr_expect_str_eq(series_lowest(&series)->campaign->id, "i");
	cr_expect(series.ranked == 8 && series.median == 5.5 && isnan(series.points[9].mean));
	cr_expect(isnan(series.points[6].mean) && series.points[7].mean == 5, "of the second to the eighth");
	for (int i = 0; i < 10; i++)
		figures.campaigns[i].current_metrics.sent = 99;
	series = series_of(&figures, METRIC_CLICK_RATE, now, arena);
	cr_expect(series.few == 10 && !series_highest(&series) && !series_lowest(&series));
}

Test(series, is_empty_without_campaigns) {
	ARENA_AUTO arena = arena_new();
	struct figures none = { 0 };
	struct series series = series_of(&none, METRIC_CLICK_RATE, now, arena);
	series_put_usual(&series, NULL, 0, METRIC_CLICK_RATE, MOMENT_NONE);
	cr_expect(series.count == 0 && isnan(series.median) && !series_highest(&series) && !series_lowest(&series));
}
