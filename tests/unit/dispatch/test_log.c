/* The log of a campaign. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "dispatch/log.h"
#include "unit/store_fixture.h"

#define SUMMER "0123456789abcdef01234567"
#define WINTER "0123456789abcdef01234568"

static const struct moment noon = { INT64_C(1700000000000) };

TestSuite(campaign_log, .init = open_all, .fini = close_all);

static void say(const char *campaign, const char *text, int64_t after_ms) {
	cr_assert(campaign_log(store, campaign, CAMPAIGN_LOG_WARNING, text, "mara", moment_add(noon, after_ms), &err));
}

Test(campaign_log, is_read_newest_first_page_by_page) {
	struct page page;
	say(SUMMER, "one", 1);
	say(SUMMER, "two", 2);
	say(WINTER, "other", 3);
	say(SUMMER, "three", 3);
	cr_assert(campaign_log_page(store, SUMMER, NULL, 2, arena, &page, &err));
	const struct campaign_log *rows = page.rows.items;
	cr_assert(page.rows.count == 2 && page.next);
	cr_expect_str_eq(rows[0].text, "three");
	cr_expect_str_eq(rows[1].text, "two");
	cr_expect(rows[0].level == CAMPAIGN_LOG_WARNING);
	cr_expect_str_eq(rows[0].by, "mara");
	cr_assert(campaign_log_page(store, SUMMER, page.next, 2, arena, &page, &err));
	rows = page.rows.items;
	cr_assert(page.rows.count == 1 && !page.next);
	cr_expect_str_eq(rows[0].text, "one");
}

Test(campaign_log, goes_after_the_days_of_the_setting) {
	struct page page;
	say(SUMMER, "one", 0);
	cr_assert(setenv("CAMPAIGN_LOG_RETENTION_DAYS", "7", 1) == 0);
	say(SUMMER, "two", 1);
	cr_assert(campaign_log_page(store, SUMMER, NULL, 5, arena, &page, &err));
	const struct campaign_log *rows = page.rows.items;
	cr_expect(rows[1].expires_at.ms == noon.ms + CAMPAIGN_LOG_DAYS * DAY_MS);
	cr_expect(rows[0].expires_at.ms == noon.ms + 1 + 7 * DAY_MS);
}

Test(campaign_log, keeps_whole_characters_of_a_long_text) {
	char text[2 * CAMPAIGN_LOG_TEXT + 2] = "x";
	struct page page;
	while (strlen(text) + 2 < sizeof text)
		strcat(text, "é");
	say(SUMMER, text, 0);
	cr_assert(campaign_log_page(store, SUMMER, NULL, 5, arena, &page, &err));
	const struct campaign_log *rows = page.rows.items;
	cr_expect(strlen(rows[0].text) == CAMPAIGN_LOG_TEXT - 1);
	cr_expect(text_is_utf8(rows[0].text, strlen(rows[0].text)));
}
