/* Days, weeks, months, years and time zones. */
#include <criterion/criterion.h>

#include "core/base/calendar.h"
#include "unit/support.h"

#define cr_expect_moment(found, text) cr_expect_eq((found).ms, at(text).ms, "%lld is not " text, (long long)(found).ms)

/* Over 800 years, each day follows the previous one and weekdays cycle. */
Test(calendar, days_follow_each_other) {
	struct moment day = at("1600-01-01");
	struct date last = { 1599, 12, 31 };
	int weekday = 4; /* a Friday */
	for (int i = 0; i < 800 * 365; i++, day = moment_add(day, DAY_MS)) {
		struct date date = date_of(moment_add(day, DAY_MS - 1));
		bool next_day = date.year == last.year && date.month == last.month && date.day == last.day + 1;
		bool next_month = date.year == last.year && date.month == last.month + 1 && date.day == 1;
		bool next_year = date.year == last.year + 1 && date.month == 1 && date.day == 1;
		weekday = (weekday + 1) % WEEK_DAYS;
		cr_assert(date_is_real(date) && date_start(date).ms == day.ms && (next_day || next_month || next_year));
		cr_assert_eq(weekday_of(day), weekday);
		last = date;
	}
	cr_expect_eq(last.year, 2399);
}

Test(calendar, knows_leap_years) {
	cr_expect(date_is_real((struct date){ 2028, 2, 29 }) && date_is_real((struct date){ 2000, 2, 29 }));
	cr_expect_not(date_is_real((struct date){ 2027, 2, 29 }) || date_is_real((struct date){ 1900, 2, 29 }));
	cr_expect_not(date_is_real((struct date){ 2027, 13, 1 }) || date_is_real((struct date){ 2027, 0, 1 }));
	cr_expect_not(date_is_real((struct date){ 2027, 4, 31 }) || date_is_real((struct date){ 2027, 4, 0 }));
}

Test(calendar, weeks_begin_on_monday) {
	cr_expect_moment(week_start(at("2026-11-22T23:59:59Z")), "2026-11-16");
	cr_expect_moment(week_start(at("2026-11-23T00:00:00Z")), "2026-11-23");
	cr_expect_moment(week_start(at("2027-01-01T12:00:00Z")), "2026-12-28");
	cr_expect_moment(week_start(at("2028-03-01")), "2028-02-28");
	cr_expect_moment(week_start(at("1969-12-31T12:00:00Z")), "1969-12-29");
	cr_expect_moment(day_start(at("1969-12-31T23:59:59Z")), "1969-12-31");
}

Test(calendar, months_and_years_begin) {
	cr_expect_moment(month_start(at("2026-11-30T23:59:59Z"), 0), "2026-11-01");
	cr_expect_moment(month_start(at("2026-12-31T23:59:59Z"), 1), "2027-01-01");
	cr_expect_moment(month_start(at("2027-01-01"), -1), "2026-12-01");
	cr_expect_moment(month_start(at("2028-02-29T10:00:00Z"), 0), "2028-02-01");
	cr_expect_moment(month_start(at("2026-03-31"), -1), "2026-02-01");
	cr_expect_moment(month_start(at("2026-03-31"), -39), "2022-12-01");
	cr_expect_moment(month_start(at("1969-12-31T12:00:00Z"), 0), "1969-12-01");
	cr_expect_moment(year_start(at("2026-12-31T23:59:59Z")), "2026-01-01");
	cr_expect_eq(months_between(at("2026-01-31"), at("2026-02-01")), 1);
	cr_expect_eq(months_between(at("2026-02-01"), at("2026-02-28")), 0);
	cr_expect_eq(months_between(at("2025-12-31"), at("2026-01-01")), 1);
	cr_expect_eq(months_between(at("2026-01-01"), at("2024-11-30")), -14);
}

Test(calendar, a_year_before_is_the_same_date) {
	cr_expect_moment(year_before(at("2027-03-01T10:30:00Z"), true), "2026-03-01T10:30:00Z");
	cr_expect_moment(year_before(at("2029-02-28"), false), "2028-02-28");
	cr_expect_moment(year_before(at("2029-03-01"), false), "2028-03-01");
	cr_expect_moment(year_before(at("2028-02-29T23:59:59Z"), false), "2027-02-28T23:59:59Z");
	cr_expect_moment(year_before(at("2028-02-29"), true), "2027-03-01");
	cr_expect_moment(year_before(at("2026-12-31"), false), "2025-12-31");
}

Test(calendar, walls_of_zones) {
	static const char *const rows[][3] = {
		{ "Europe/Berlin", "2027-02-28T23:00:00Z", "2027-03-01T00:00:00Z" },
		{ "Europe/Berlin", "2027-03-28T00:59:59Z", "2027-03-28T01:59:59Z" },
		{ "Europe/Berlin", "2027-03-28T01:00:00Z", "2027-03-28T03:00:00Z" },
		{ "Europe/Berlin", "2027-10-31T00:59:59Z", "2027-10-31T02:59:59Z" },
		{ "Europe/Berlin", "2027-10-31T01:00:00Z", "2027-10-31T02:00:00Z" },
		{ "America/New_York", "2027-01-01T04:59:59Z", "2026-12-31T23:59:59Z" },
		{ "UTC", "2028-02-29T23:59:59Z", "2028-02-29T23:59:59Z" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ZONE_AUTO zone = zone_open(rows[i][0]);
		cr_assert_not_null(zone);
		cr_expect_eq(zone_wall(zone, at(rows[i][1])).ms, at(rows[i][2]).ms, "%s", rows[i][1]);
	}
	cr_expect_null(zone_open("Middle/Earth"));
	cr_expect_null(zone_open(""));
	cr_expect_null(zone_open(NULL));
}

Test(calendar, what_a_wall_shows_is_when) {
	ZONE_AUTO zone = zone_open("Europe/Berlin");
	cr_expect_moment(zone_moment(zone, at("2026-01-15T08:00:00Z")), "2026-01-15T07:00:00Z");
	cr_expect_moment(zone_moment(zone, at("2026-07-01T00:00:00Z")), "2026-06-30T22:00:00Z");
	cr_expect_moment(zone_moment(zone, at("2026-03-29T02:30:00Z")), "2026-03-29T01:00:00Z"); /* skipped */
	cr_expect_moment(zone_moment(zone, at("2026-10-25T02:30:00Z")), "2026-10-25T01:30:00Z"); /* the second time */
	cr_expect_moment(zone_first_moment(zone, at("2026-10-25T02:30:00Z")), "2026-10-25T00:30:00Z");
	cr_expect_moment(zone_first_moment(zone, at("2026-10-25T03:00:00Z")), "2026-10-25T02:00:00Z");
	cr_expect_moment(zone_first_moment(zone, at("2026-03-29T02:30:00Z")), "2026-03-29T01:00:00Z");
	cr_expect_moment(zone_first_moment(zone, at("2026-07-01T00:00:00Z")), "2026-06-30T22:00:00Z");
}
