/* Snapshots and links of campaigns. */
#include <criterion/criterion.h>
#include <string.h>

#include "campaigns/history.h"
#include "campaigns/links.h"

Test(snapshot, rates_are_fractions_of_sent) {
	const struct metrics metrics = { .sent = 2000, .opened = 780, .bounced = 50 };
	struct moment now = { 1000 * DAY_MS };
	cr_expect_float_eq(snapshot_of("c", "r", &metrics, now).rates.open_rate, 0.39, 1e-12);
	cr_expect_eq(snapshot_of("c", "r", &(struct metrics){ 0 }, now).rates.open_rate, 0);
}

Test(links, of_several_campaigns_add_up) {
	struct link a[] = { { "https://x.example/", 5, 3 }, { "https://y.example/", 2, 2 } },
				b[] = { { "https://y.example/", 9, 8 } }, sums[3];
	struct link_report reports[] = { { .links = { a, 2 } }, { .links = { b, 1 } } };
	cr_assert_eq(campaign_sum_links(reports, 2, sums, 3), 2);
	cr_expect_str_eq(sums[0].url, "https://y.example/");
	cr_expect_eq(sums[0].clicked_unique, 10);
	cr_expect_eq(sums[0].clicked_total, 11);
}

Test(links, that_could_not_be_read_are_told) {
	ARENA_AUTO arena = arena_new();
	struct campaign campaigns[] = { { .id = "a" }, { .id = "b", .links_gap = "refused (403)" }, { .id = "c" } };
	cr_expect_null(campaign_links_gaps(campaigns, 1, arena));
	cr_expect_str_eq(campaign_links_gaps(campaigns, 3, arena),
	                 "The links of 1 campaign could not be synced: refused (403).");
}

Test(links, that_nobody_clicked_say_why_as_far_as_it_is_known) {
	const struct campaign observed = { .id = "a" }, silent = { .id = "b", .origin = CAMPAIGN_OWN },
						  untracked = { .id = "c",
		                                .origin = CAMPAIGN_OWN,
		                                .current_metrics = { .clicked = COUNT_NONE } },
						  clicked = { .id = "d", .current_metrics = { .clicked = 3 } };
	const struct {
		struct campaign campaigns[2];
		int count;
		const char *text;
	} rows[] = {
		{ { observed }, 1, "No clicks yet, or link tracking is off" },
		{ { silent }, 1, "No clicks yet" },
		{ { untracked }, 1, "Link tracking was off, so clicks are not known" },
		{ { silent, untracked }, 2, "No clicks yet" },
		{ { observed, untracked }, 2, "No clicks yet, or link tracking is off" },
		{ { untracked, clicked }, 2, "Which links were clicked is not known yet" },
		{ { observed }, 0, "No clicks yet" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_str_eq(campaign_links_none(rows[i].campaigns, rows[i].count), rows[i].text);
}

Test(campaign, a_status_that_is_not_known_is_no_draft) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO json = { 0 };
	BUF_AUTO csv = { 0 };
	struct error err = ERROR_INIT;
	struct campaign campaign;
	bson_t *stored = BCON_NEW("status", BCON_UTF8("held"), "provider_status", BCON_UTF8("held"));
	cr_expect(record_from_bson(&campaign_record, stored, arena, &campaign, &err), "%s", err.text);
	bson_destroy(stored);
	cr_expect_eq(campaign.status, CAMPAIGN_UNKNOWN);
	record_to_json(&campaign_record, &campaign, &json);
	record_to_csv(&campaign_record, &campaign, &csv);
	cr_expect(strstr(buf_text(&json), "\"status\":\"unknown\"") &&
	          strstr(buf_text(&json), "\"provider_status\":\"held\""));
	cr_expect(strstr(buf_text(&csv), ",unknown,"), "%s", buf_text(&csv));
}
