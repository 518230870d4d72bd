/* When the figures of a campaign are read again because something of them could not be read. */
#include <criterion/criterion.h>

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
