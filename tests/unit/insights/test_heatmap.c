/* The grid of weekdays and hours. */
#include <criterion/criterion.h>

#include "core/base/local.h"
#include "insights/heatmap.h"
#include "unit/support.h"

Test(heatmap, the_best_hour_has_the_highest_rate_of_those_with_enough) {
	struct heatmap map = { 0 };
	int day = -1, hour = -1;
	cr_expect(!heatmap_best(&map, METRIC_CLICK_RATE, &day, &hour));
	map.cells[0][9] = (struct heat_cell){ { .sent = 900, .clicked = 300 }, 9 }; /* too few people */
	cr_expect(!heatmap_best(&map, METRIC_CLICK_RATE, &day, &hour));
	map.cells[1][10] = (struct heat_cell){ { .sent = 4000, .clicked = 100 }, 4 };
	map.cells[2][7] = (struct heat_cell){ { .sent = 5000, .clicked = 200 }, 3 };
	map.cells[6][23] = (struct heat_cell){ { .sent = 90000, .clicked = 900 }, 9 };
	cr_expect(heatmap_best(&map, METRIC_CLICK_RATE, &day, &hour) && day == 2 && hour == 7);
	map.cells[2][7].totals.unsubscribed = 50;
	map.cells[1][10].totals.unsubscribed = 4;
	map.cells[6][23].totals.unsubscribed = 180;
	cr_expect(heatmap_best(&map, METRIC_UNSUBSCRIBE_RATE, &day, &hour) && day == 1 && hour == 10, "the lowest");
}

static void reset(void) {
	local_use(NULL);
}

/* Half past eleven on a Sunday evening in UTC is half past midnight on Monday in Berlin, and 05:00 in India. */
Test(heatmap, is_by_the_clock_of_the_zone_in_use, .fini = reset) {
	static const struct {
		const char *zone;
		int day, hour;
	} rows[] = { { NULL, 6, 23 }, { "Europe/Berlin", 0, 0 }, { "Asia/Kolkata", 0, 5 }, { "America/New_York", 6, 18 } };
	struct campaign campaign = { .status = CAMPAIGN_SENT, .has_report = true, .sent_at = at("2026-11-22T23:30:00Z") };
	struct figures figures = { .campaigns = &campaign, .count = 1 };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct heatmap map;
		local_use(rows[i].zone);
		heatmap_of(&figures, MOMENT_NONE, &map);
		cr_expect_eq(map.cells[rows[i].day][rows[i].hour].campaigns, 1, "%s", rows[i].zone ? rows[i].zone : "UTC");
	}
}

/* Their hour would look worse than it is. */
Test(heatmap, leaves_out_what_is_still_collecting) {
	static const struct {
		const char *sent, *now;
		int campaigns;
	} rows[] = { { "2026-11-20T09:00:00Z", "2026-11-23T08:59:59Z", 0 },
		         { "2026-11-20T09:00:00Z", "2026-11-23T09:00:00Z", 1 },
		         { "2026-11-20T09:00:00Z", "2026-12-20T09:00:00Z", 1 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct campaign campaign = { .status = CAMPAIGN_SENT, .has_report = true, .sent_at = at(rows[i].sent) };
		struct figures figures = { .campaigns = &campaign, .count = 1 };
		struct heatmap map;
		heatmap_of(&figures, at(rows[i].now), &map);
		cr_expect_eq(map.cells[4][9].campaigns, rows[i].campaigns, "%s", rows[i].now);
	}
}
