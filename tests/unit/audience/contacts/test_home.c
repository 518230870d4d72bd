/* Where a contact lives. */
#include <criterion/criterion.h>

#include "audience/contacts/home.h"

static const char *zone_of(const char *key, const char *text) {
	struct attribute attributes[] = { { .key = "city", .text = "Berlin" }, { .key = key, .text = text } };
	const struct contact contact = { .profile.attributes = { attributes, 2 } };
	return home_zone(&contact);
}

Test(home, is_what_the_field_names) {
	cr_expect_str_eq(zone_of("time_zone", "Europe/Berlin"), "Europe/Berlin");
	cr_expect_str_eq(zone_of("timezone", "europe/berlin"), "Europe/Berlin", "capitals do not matter");
	cr_expect_str_eq(zone_of("TIMEZONE", "America/Argentina/Buenos_Aires"), "America/Argentina/Buenos_Aires");
	cr_expect_str_eq(zone_of("time_zone", "US/Eastern"), "US/Eastern", "an old name");
	cr_expect_str_eq(zone_of("time_zone", "UTC"), "UTC");
}

Test(home, is_not_known_otherwise) {
	static const char *const wrong[] = { NULL, "", "Mars", "+01:00", "../../etc/passwd", "CEST-2", "Berlin" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		cr_expect_null(zone_of("time_zone", wrong[i]), "%s", wrong[i]);
	cr_expect_null(zone_of("zone", "Europe/Berlin"));
	cr_expect_null(home_zone(&(struct contact){ 0 }));
}
