/* Dates in cells. */
#include "audience/import/date.h"
#include "unit/support.h"

static void expect(const char *text, enum date_order order, const char *moment) {
	struct date_value value;
	cr_expect_eq(date_read(text, order, &value), DATE_READ, "%s", text);
	cr_expect_eq(value.at.ms, at(moment).ms, "%s", text);
}

static void expect_not(const char *text, enum date_order order, enum date_result result) {
	struct date_value value;
	cr_expect_eq(date_read(text, order, &value), result, "%s", text);
}

Test(date, forms) {
	expect("2026-11-27", DATE_UNKNOWN, "2026-11-27T00:00:00Z");
	expect("2026-11-27T10:05:59Z", DATE_UNKNOWN, "2026-11-27T10:05:59Z");
	expect("2026-11-27 10:05:59", DATE_UNKNOWN, "2026-11-27T10:05:59Z");
	expect("2026-11-27T10:05:59.123+01:00", DATE_UNKNOWN, "2026-11-27T09:05:59Z");
	expect("2024-01-02 15:04:05.999 +0530 IST", DATE_UNKNOWN, "2024-01-02T09:34:05Z");
	expect("2024-01-02 15:04:05 +0000 UTC", DATE_UNKNOWN, "2024-01-02T15:04:05Z");
	expect("27.11.2026", DATE_UNKNOWN, "2026-11-27T00:00:00Z");
	expect("3.4.2026 9:30", DATE_UNKNOWN, "2026-04-03T09:30:00Z");
	expect("27/11/2026", DATE_UNKNOWN, "2026-11-27T00:00:00Z");
	expect("11/27/2026 3:05 PM", DATE_UNKNOWN, "2026-11-27T15:05:00Z");
	expect("3/4/2026", DATE_DAY_FIRST, "2026-04-03T00:00:00Z");
	expect("3/4/2026", DATE_MONTH_FIRST, "2026-03-04T00:00:00Z");
	expect("4/4/2026", DATE_UNKNOWN, "2026-04-04T00:00:00Z");
	expect("27 Nov 2026", DATE_UNKNOWN, "2026-11-27T00:00:00Z");
	expect("27 November 2026", DATE_UNKNOWN, "2026-11-27T00:00:00Z");
}

Test(date, what_is_not_clear_is_not_guessed) {
	expect_not("3/4/2026", DATE_UNKNOWN, DATE_AMBIGUOUS);
	expect_not("03-04-2026", DATE_UNKNOWN, DATE_AMBIGUOUS);
	expect_not("27/11/2026", DATE_MONTH_FIRST, DATE_WRONG);
	static const char *const wrong[] = { "",
		                                 "yesterday",
		                                 "45291",
		                                 "3/4/26",
		                                 "31.02.2026",
		                                 "2026-13-01",
		                                 "2026-11-27 25:00",
		                                 "2026-11-27x",
		                                 "0/4/2026",
		                                 "13/13/2026",
		                                 "1/1/0001",
		                                 "27.11.",
		                                 "2026",
		                                 "2026-11-27 10:05 +99:00" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		expect_not(wrong[i], DATE_UNKNOWN, DATE_WRONG);
}

static enum date_order order_of(const char *a, const char *b) {
	return date_order_of(&(struct strings){ (const char *[]){ a, b }, 2 });
}

Test(date, a_column_tells_its_order) {
	cr_expect_eq(order_of("3/4/2026", "27/11/2026"), DATE_DAY_FIRST);
	cr_expect_eq(order_of("11/27/2026", "3/4/2026"), DATE_MONTH_FIRST);
	cr_expect_eq(order_of("3/4/2026", "5/6/2026"), DATE_UNKNOWN);
	cr_expect_eq(order_of("27/11/2026", "11/27/2026"), DATE_UNKNOWN);
	cr_expect_eq(order_of("2026-11-27", "Berlin"), DATE_UNKNOWN);
}
