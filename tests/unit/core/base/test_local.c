/* The zone in use: times and days of it, also where clocks change. */
#include <criterion/criterion.h>

#include "core/base/local.h"
#include "core/base/text.h"
#include "unit/support.h"

static void reset(void) {
	local_use(NULL);
}
TestSuite(local, .fini = reset);

Test(local, is_utc_unless_set) {
	cr_expect_str_eq(local_name(), "UTC");
	cr_expect_null(local_zone());
	cr_expect_eq(local_wall(at("2026-07-01T10:00:00Z")).ms, at("2026-07-01T10:00:00Z").ms);
	local_use("Europe/Berlin");
	cr_expect_str_eq(local_name(), "Europe/Berlin");
	cr_expect_eq(local_wall(at("2026-07-01T10:00:00Z")).ms, at("2026-07-01T12:00:00Z").ms);
	cr_expect_not(moment_is_set(local_wall(MOMENT_NONE)));
	local_use("Middle/Earth");
	cr_expect_str_eq(local_name(), "UTC");
}

/* A day of 23, 25 or 23.5 hours, one that began at 01:00, and one that never was. */
Test(local, days_have_their_hours) {
	static const struct {
		const char *zone, *in, *begins, *ends;
	} rows[] = {
		{ "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z" },
		{ "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z" },
		{ "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z" },
		{ "America/New_York", "2026-11-01T23:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z" },
		{ "Australia/Lord_Howe", "2026-10-03T18:00:00Z", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z" },
		{ "America/Santiago", "2026-09-06T12:00:00Z", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z" },
		{ "Asia/Kolkata", "2026-11-27T20:00:00Z", "2026-11-27T18:30:00Z", "2026-11-28T18:30:00Z" },
		{ "UTC", "2026-11-27T20:00:00Z", "2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		local_use(rows[i].zone);
		struct moment begins = local_day_start(at(rows[i].in)), ends = at(rows[i].ends);
		cr_expect_eq(begins.ms, at(rows[i].begins).ms, "%s %s", rows[i].zone, rows[i].in);
		cr_expect_eq(local_day_start(ends).ms, ends.ms, "%s %s", rows[i].zone, rows[i].ends);
		cr_expect_eq(local_day_start(moment_add(ends, -1)).ms, begins.ms, "%s %s", rows[i].zone, rows[i].ends);
	}
}

/* In any zone every moment is in the day that began last, and days follow each other without a gap. */
Test(local, every_moment_has_one_day) {
	static const char *const zones[] = { "Europe/Berlin", "America/St_Johns",   "Australia/Lord_Howe",
		                                 "Pacific/Apia",  "Pacific/Kiritimati", "Etc/GMT+12" };
	for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
		local_use(zones[z]);
		struct moment before = local_day_start(at("2026-01-01T00:00:00Z"));
		for (struct moment now = at("2026-01-01T00:00:00Z"); now.ms < at("2027-01-01").ms;
		     now = moment_add(now, 30 * MINUTE_MS)) {
			struct moment day = local_day_start(now);
			cr_assert(day.ms <= now.ms && now.ms - day.ms < 25 * (int64_t)HOUR_MS + 1 && day.ms >= before.ms, "%s %lld",
			          zones[z], (long long)now.ms);
			before = day;
		}
	}
}

Test(local, is_in_texts) {
	ARENA_AUTO arena = arena_new();
	struct moment at_night = at("2026-11-26T23:30:00Z"), now = at("2026-11-27T08:00:00Z");
	cr_expect_str_eq(text_of_moment_zone(arena, at_night), "26 Nov 2026, 23:30 UTC");
	cr_expect_str_eq(text_of_moment_near(arena, at_night, now), "yesterday, 23:30");
	local_use("Europe/Berlin");
	cr_expect_str_eq(text_of_moment_zone(arena, at_night), "27 Nov 2026, 00:30 CET");
	cr_expect_str_eq(text_of_moment_zone(arena, at("2026-07-01T10:00:00Z")), "1 Jul 2026, 12:00 CEST");
	cr_expect_str_eq(text_of_moment_near(arena, at_night, now), "today, 00:30");
	cr_expect_str_eq(text_of_day(arena, at_night), "27 Nov 2026");
	cr_expect_str_eq(text_of_date(arena, at("2026-11-26T23:30:00Z")), "26 Nov 2026");
	cr_expect_str_eq(text_of_iso_day(arena, at_night), "2026-11-27");
	cr_expect_str_eq(text_of_moment_zone(arena, MOMENT_NONE), "");
	cr_expect_str_eq(text_of_moment(arena, MOMENT_NONE), "");
	cr_expect_str_eq(text_of_moment(arena, at_night), "27 Nov 2026, 00:30");
}
