/* Cron expressions, also across DST changes. */
#include <criterion/criterion.h>

#include "core/base/cron.h"
#include "unit/support.h"

static const char *next(const char *cron_text, const char *zone, const char *after) {
	static char text[MOMENT_TEXT];
	struct cron cron;
	struct error err = ERROR_INIT;
	cr_assert(cron_read(cron_text, &cron, &err), "%s", err.text);
	return moment_format(cron_next(&cron, zone, at(after)), text);
}

Test(cron, finds_the_next_time) {
	cr_expect_str_eq(next("monthly", "UTC", "2026-11-21T10:00:00Z"), "2026-12-01T08:00:00Z");
	cr_expect_str_eq(next("weekly", "UTC", "2026-11-21T10:00:00Z"), "2026-11-23T08:00:00Z");
	cr_expect_str_eq(next("0 8 * * *", "UTC", "2026-11-21T08:00:00Z"), "2026-11-22T08:00:00Z");
	cr_expect_str_eq(next("0 8 * * *", "UTC", "2026-11-21T07:59:59Z"), "2026-11-21T08:00:00Z");
	cr_expect_str_eq(next("*/15 9-17 * * mon-fri", "UTC", "2026-11-20T17:45:00Z"), "2026-11-23T09:00:00Z");
	cr_expect_str_eq(next("0 0 29 2 *", "UTC", "2026-11-21T00:00:00Z"), "2028-02-29T00:00:00Z");
	cr_expect_str_eq(next("0 0 30 feb *", "UTC", "2026-11-21T00:00:00Z"), "");
	cr_expect_str_eq(next("0 0 13 * fri", "UTC", "2026-11-21T00:00:00Z"),
	                 "2026-11-27T00:00:00Z"); /* either may match */
	cr_expect_str_eq(next("0 8 L * *", "UTC", "2026-11-21T00:00:00Z"), "2026-11-30T08:00:00Z");
	cr_expect_str_eq(next("0 8 L 2 *", "UTC", "2026-11-21T00:00:00Z"), "2027-02-28T08:00:00Z");
	cr_expect_str_eq(next("0 8 15,L * *", "UTC", "2026-11-16T00:00:00Z"), "2026-11-30T08:00:00Z");
	cr_expect_str_eq(next("0 8 */2 * *", "UTC", "2026-11-21T08:00:00Z"), "2026-11-23T08:00:00Z");
	cr_expect_str_eq(next("0 0 * * 7", "UTC", "2026-11-21T00:00:00Z"), "2026-11-22T00:00:00Z");
	cr_expect_str_eq(next("30 23 * * *", "America/New_York", "2026-11-21T00:00:00Z"), "2026-11-21T04:30:00Z");
}

/* The right local time across the change, exactly once. */
Test(cron, keeps_local_time_across_the_change) {
	cr_expect_str_eq(next("0 8 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z"), "2026-03-29T06:00:00Z");
	cr_expect_str_eq(next("0 8 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z"), "2026-03-28T07:00:00Z");
	cr_expect_str_eq(next("0 8 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z"), "2026-10-25T07:00:00Z");
	/* 02:30 does not exist on 29 March, and exists twice on 25 October */
	cr_expect_str_eq(next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z"), "2026-03-29T01:00:00Z");
	cr_expect_str_eq(next("30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z"), "2026-03-30T00:30:00Z");
	cr_expect_str_eq(next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z"), "2026-10-25T01:30:00Z");
	cr_expect_str_eq(next("30 2 * * *", "Europe/Berlin", "2026-10-25T01:30:00Z"), "2026-10-26T01:30:00Z");
}

/* Each time is later than the one before in any zone, and every local day has one. */
Test(cron, never_goes_back_nor_skips_a_day) {
	static const char *const zones[] = { "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia" };
	struct cron cron;
	struct error err = ERROR_INIT;
	cr_assert(cron_read("15 2 * * *", &cron, &err));
	for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
		struct moment now = at("2026-01-01T00:00:00Z");
		for (int day = 0; day < 800; day++) {
			struct moment then = cron_next(&cron, zones[z], now);
			cr_assert(then.ms > now.ms &&
			          (day == 0 || (then.ms - now.ms >= 22 * HOUR_MS && then.ms - now.ms <= 26 * HOUR_MS)));
			now = then;
		}
	}
}

Test(cron, refuses_what_it_cannot_read) {
	static const char *const bad[] = { "",
		                               "0",
		                               "0 8 * *",
		                               "0 8 * * * *",
		                               "60 8 * * *",
		                               "0 24 * * *",
		                               "0 8 0 * *",
		                               "0 8 * 13 *",
		                               "0 8 * * 8",
		                               "a b c d e",
		                               "*/0 * * * *",
		                               "5-1 * * * *",
		                               "1,,2 * * * *",
		                               "-1 * * * *",
		                               "1- * * * *",
		                               "* * * jann *",
		                               "0 8 * * mon-",
		                               "yearly",
		                               "999999999999 * * * *",
		                               ", * * * *",
		                               "/ * * * *" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cron cron;
		struct error err = ERROR_INIT;
		cr_expect_not(cron_read(bad[i], &cron, &err), "%s", bad[i]);
		cr_expect_str_eq(err.field, "cron");
	}
}
