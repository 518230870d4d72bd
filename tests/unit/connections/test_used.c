/* What is used of a connection's limits. */
#include "unit/support.h"

#include "connections/used.h"

static const struct connection_limits limits = {
	.per_second = 5, .per_minute = 100, .per_hour = COUNT_NONE, .per_day = 10000
};

Test(used, only_what_is_limited_and_only_of_the_current_window) {
	const struct taken taken = { .minute = at("2026-12-01T12:00:00Z"),
		                         .hour = at("2026-12-01T12:00:00Z"),
		                         .day = at("2026-12-01T00:00:00Z"),
		                         .in_minute = 40,
		                         .in_hour = 900,
		                         .in_day = 1243 };
	struct limits_used used = limits_used_of(&limits, &taken, at("2026-12-01T12:00:59Z"));
	cr_assert_eq(used.count, 2);
	cr_expect_str_eq(used.items[0].label, "This minute");
	cr_expect_eq(used.items[0].used, 40);
	cr_expect_eq(used.items[0].limit, 100);
	cr_expect_str_eq(used.items[1].label, "Today (UTC)");
	cr_expect_eq(used.items[1].used, 1243);
	used = limits_used_of(&limits, &taken, at("2026-12-01T12:01:00Z"));
	cr_expect_eq(used.items[0].used, 0, "its minute is over");
	cr_expect_eq(used.items[1].used, 1243);
	used = limits_used_of(&limits, &taken, at("2026-12-02T00:00:00Z"));
	cr_expect_eq(used.items[1].used, 0);
}

Test(used, nothing_was_sent_or_nothing_is_limited) {
	const struct connection_limits none = { COUNT_NONE, COUNT_NONE, COUNT_NONE, COUNT_NONE,
		                                    COUNT_NONE, COUNT_NONE, COUNT_NONE };
	cr_expect_eq(limits_used_of(&none, NULL, at("2026-12-01T12:00:00Z")).count, 0);
	struct limits_used used = limits_used_of(&limits, NULL, at("2026-12-01T12:00:00Z"));
	cr_assert_eq(used.count, 2);
	cr_expect_eq(used.items[0].used + used.items[1].used, 0);
}
