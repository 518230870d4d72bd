/* Times as text. */
#include <criterion/criterion.h>

#include "core/base/moment_text.h"

Test(moment, reads_and_writes_iso_8601) {
	char text[MOMENT_TEXT];
	struct moment at;
	cr_assert(moment_parse("2015-12-01T12:59:37+00:00", &at));
	cr_expect_str_eq(moment_format(at, text), "2015-12-01T12:59:37Z");
	cr_assert(moment_parse("2024-02-29T23:30:00-02:30", &at));
	cr_expect_str_eq(moment_format(at, text), "2024-03-01T02:00:00Z");
	cr_assert(moment_parse("1969-12-31", &at));
	cr_expect_eq(at.ms, -DAY_MS);
	cr_expect_str_eq(moment_format_human(at, text), "31 Dec 1969, 00:00 UTC");
	static const char *const bad[] = { "9999-12-31T23:59:60Z",
		                               "0001-01-01T00:00:00+01:00",
		                               "",
		                               "2023-02-29",
		                               "2024-13-01",
		                               "2024-01-01T25:00",
		                               "2024-01-01x",
		                               "24-1-1",
		                               "2024-01-01T10:00:00 00:00" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect(!moment_parse(bad[i], &at), "took %s", bad[i]);
}

Test(moment, a_shifted_clock_is_that_much_ahead) {
	int64_t before = moment_now().ms;
	moment_shift(-60 * DAY_MS);
	cr_expect_eq(moment_shifted(), -60 * DAY_MS);
	cr_expect_lt(moment_now().ms, before - 59 * DAY_MS);
	moment_shift(0);
	cr_expect_geq(moment_now().ms, before);
}
