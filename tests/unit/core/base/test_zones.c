/* Names of time zones. */
#include <criterion/criterion.h>

#include "core/base/zones.h"
#include "unit/support.h"

Test(zones, are_those_of_the_system) {
	static const char *const good[] = { "Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "US/Eastern",
		                                "Etc/GMT+5" };
	static const char *const bad[] = { "",
		                               "Middle/Earth",
		                               "../../etc/passwd",
		                               "/usr/share/zoneinfo/UTC",
		                               "+02:00",
		                               "CET-1CEST",
		                               "Europe",
		                               "Europe/",
		                               "europe/berlin ",
		                               "zone.tab",
		                               "posixrules.x" };
	struct error err = ERROR_INIT;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		cr_expect(zones_check(good[i], "zone", &err), "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect_not(zones_check(bad[i], "zone", &err), "%s", bad[i]);
	cr_expect_not(zones_check(NULL, "zone", &err));
	cr_expect_str_eq(err.field, "zone");
}

Test(zones, are_all_known) {
	const struct strings *names = zones_all();
	struct error err = ERROR_INIT;
	cr_assert_geq(names->count, 1);
	cr_expect_eq(zones_all(), names);
	cr_expect(strings_have(names, "UTC"));
	for (int i = 0; i < names->count; i++)
		cr_expect(zones_check(names->items[i], "zone", &err), "%s", names->items[i]);
}

Test(zones, have_names_for_people) {
	ARENA_AUTO arena = arena_new();
	struct moment winter = at("2026-11-27T08:00:00Z"), summer = at("2026-07-01T08:00:00Z");
	cr_expect_str_eq(zones_place("Europe/Berlin", winter, arena), "Berlin (CET)");
	cr_expect_str_eq(zones_place("Europe/Berlin", summer, arena), "Berlin (CEST)");
	cr_expect_str_eq(zones_full("Europe/Berlin", winter, arena), "Europe/Berlin (CET)");
	cr_expect_str_eq(zones_place("UTC", winter, arena), "UTC");
	cr_expect_str_eq(zones_full("UTC", winter, arena), "UTC");
	cr_expect_str_eq(zones_full(NULL, winter, arena), "UTC");
	cr_expect_str_eq(zones_city("America/Argentina/Buenos_Aires", arena), "Buenos Aires");
}
