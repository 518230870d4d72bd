/* Weeks and months. */
#include <criterion/criterion.h>

#include "audience/lists/week.h"

Test(weeks, begin_on_monday) {
	struct moment at;
	char text[MOMENT_TEXT];
	cr_assert(moment_parse("2026-11-22T23:59:59Z", &at));
	cr_expect_str_eq(moment_format_day(week_of(at), text), "2026-11-16");
	cr_expect_str_eq(moment_format_day(month_of(at), text), "2026-11-01");
	cr_assert(moment_parse("1969-12-31T12:00:00Z", &at));
	cr_expect_str_eq(moment_format_day(week_of(at), text), "1969-12-29");
}
