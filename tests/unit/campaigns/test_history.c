/* When the figures of a campaign are read again because something of them could not be read. */
#include <criterion/criterion.h>

#include "campaigns/curve.h"
#include "campaigns/history.h"
#include "campaigns/links.h"
#include "unit/store_fixture.h"

enum { NOW = 1800000000 };

static struct campaign known(void) {
	struct campaign campaign;
	bool found;
	cr_assert(campaign_find(store, "c1", arena, &campaign, &found, &err) && found, "%s", err.text);
	return campaign;
}

static int64_t wait_after(int64_t unread) {
	const struct campaign campaign = known();
	const struct summary summary = { .metrics = { .sent = 100, .clicked_total = 3 }, .unread = unread, .at = { NOW } };
	bool changed;
	cr_assert(campaign_save_summary(store, &campaign, store_new_id(arena), &summary, arena, &changed, &err), "%s",
	          err.text);
	const struct campaign after = known();
	return campaign_figures_wait(&after);
}

static void read_links(int64_t unread) {
	const struct campaign campaign = known();
	const struct link_report report = { .id = store_new_id(arena),
		                                .campaign_id = campaign.id,
		                                .run_id = store_new_id(arena),
		                                .snapshot_time = { NOW },
		                                .unread = unread };
	cr_assert(campaign_save_links(store, &report, 3, &err), "%s", err.text);
}

static void add_campaign(void) {
	struct campaign campaign;
	record_clear(&campaign_record, &campaign);
	campaign.id = "0123456789abcdef01234567";
	campaign.external = (struct external){ "0123456789abcdef01234568", "c1" };
	cr_assert(campaign_restore(store, &campaign, 1, &err), "%s", err.text);
}

Test(history, what_lacks_a_counter_is_read_again_at_growing_intervals, .init = open_all, .fini = close_all) {
	add_campaign();
	(void)wait_after(0);
	read_links(COUNT_NONE);
	cr_expect_eq(wait_after(0), INT64_MAX);
	cr_expect_eq(wait_after(1), 0);
	for (int tries = 0; tries < 12; tries++)
		cr_expect_eq(wait_after(2), (int64_t)HOUR_MS << tries, "%d", tries);
	cr_expect_eq(wait_after(1), (int64_t)HOUR_MS << 11, "no further");
	cr_expect_eq(wait_after(0), INT64_MAX);
	cr_expect_eq(wait_after(1), 0, "begins anew");
}

Test(history, so_is_what_lacks_links, .init = open_all, .fini = close_all) {
	add_campaign();
	cr_expect_eq(wait_after(0), 0);
	read_links(2);
	cr_expect_eq(wait_after(0), HOUR_MS);
	read_links(COUNT_NONE);
	cr_expect_eq(wait_after(0), INT64_MAX);
}

/* A summary an hour after the one before, with so many who opened. */
static void read_opened(int hour, int64_t opened) {
	const struct campaign campaign = known();
	const struct summary summary = { .metrics = { .sent = 100, .opened = opened },
		                             .at = { (NOW + hour * 3600LL) * SECOND_MS } };
	bool changed;
	cr_assert(campaign_save_summary(store, &campaign, store_new_id(arena), &summary, arena, &changed, &err) && changed,
	          "%s", err.text);
}

Test(history, a_point_that_a_crash_has_left_out_is_added_with_the_next_one, .init = open_all, .fini = close_all) {
	struct curve curve;
	bool matched;
	add_campaign();
	for (int hour = 0; hour < 3; hour++)
		read_opened(hour, 10 + hour);
	cr_assert(curve_find(store, "0123456789abcdef01234567", arena, &curve, &err) && curve.points.count == 3);
	curve.points.count = 1; /* killed before the points of the others were stored */
	cr_assert(store_update(store, "campaign_curves", FILTER(by_id("0123456789abcdef01234567")),
	                       UPDATE(set_record(&curve_record, &curve, NULL)), &matched, &err) &&
	          matched);
	read_opened(3, 13);
	cr_assert(curve_find(store, "0123456789abcdef01234567", arena, &curve, &err), "%s", err.text);
	const struct curve_point *points = curve.points.items;
	cr_assert_eq(curve.points.count, 4);
	for (int hour = 0; hour < 4; hour++)
		cr_expect(points[hour].opened == 10 + hour && points[hour].time.ms == (NOW + hour * 3600LL) * SECOND_MS);
}
