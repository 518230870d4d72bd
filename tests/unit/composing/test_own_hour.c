/* When a campaign goes out by everybody's own clock. */
#include <criterion/criterion.h>
#include <string.h>

#include "composing/own_hour.h"

static struct moment at(const char *text) {
	struct moment moment;
	cr_assert(moment_parse(text, &moment), "%s", text);
	return moment;
}

static const struct {
	const char *zone, *wall, *expected;
} cases[] = {
	{ NULL, "2026-12-01T09:00:00Z", "2026-12-01T09:00:00Z" },
	{ "Europe/Berlin", "2026-12-01T09:00:00Z", "2026-12-01T08:00:00Z" },
	{ "Europe/Berlin", "2026-07-01T09:00:00Z", "2026-07-01T07:00:00Z" },
	{ "America/Sao_Paulo", "2026-12-01T10:00:00Z", "2026-12-01T13:00:00Z" }, /* has given up daylight saving */
	{ "Asia/Kathmandu", "2026-12-01T09:00:00Z", "2026-12-01T03:15:00Z" },
	{ "Pacific/Kiritimati", "2026-12-01T09:00:00Z", "2026-11-30T19:00:00Z" },
	{ "Pacific/Pago_Pago", "2026-12-01T09:00:00Z", "2026-12-01T20:00:00Z" },
	/* Clocks skip it: the moment of the change. */
	{ "Europe/Berlin", "2027-03-28T02:30:00Z", "2027-03-28T01:00:00Z" },
	{ "America/New_York", "2027-03-14T02:30:00Z", "2027-03-14T07:00:00Z" },
	/* They show it twice: the first time. */
	{ "Europe/Berlin", "2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z" },
	{ "America/New_York", "2026-11-01T01:30:00Z", "2026-11-01T05:30:00Z" },
};

Test(own_hour, is_what_clocks_of_the_zone_show) {
	const struct moment before = at("2026-01-01T00:00:00Z");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[MOMENT_TEXT];
		const struct moment found = own_hour_at(cases[i].zone, at(cases[i].wall), before);
		cr_expect_str_eq(moment_format(found, text), cases[i].expected, "%s of %s is %s", cases[i].wall, cases[i].zone,
		                 text);
	}
}

Test(own_hour, that_has_passed_is_at_once) {
	const struct moment now = at("2026-12-01T08:30:00Z"), wall = at("2026-12-01T09:00:00Z");
	cr_expect_eq(own_hour_at("Europe/Berlin", wall, now).ms, now.ms);
	cr_expect_eq(own_hour_at("Asia/Tokyo", wall, now).ms, now.ms);
	cr_expect_eq(own_hour_at("Europe/London", wall, now).ms, wall.ms);
}

static struct own_hours hours_of(const char *const *zones, int count, const char *usual, const char *now) {
	static struct home homes[5];
	for (int i = 0; i < count; i++)
		homes[i] = (struct home){ zones[i], 10 };
	return own_hours_of(&(struct rows){ homes, count }, usual, at("2026-12-01T09:00:00Z"), at(now));
}

Test(own_hour, first_and_last) {
	static const char *const zones[] = { "America/New_York", "Asia/Tokyo", "Europe/Berlin" };
	struct own_hours hours = hours_of(zones, 3, "Europe/London", "2026-11-20T00:00:00Z");
	cr_expect_eq(hours.first.ms, at("2026-12-01T00:00:00Z").ms);
	cr_expect_eq(hours.last.ms, at("2026-12-01T14:00:00Z").ms);
	cr_expect_str_eq(hours.first_zone, "Asia/Tokyo");
	cr_expect_str_eq(hours.last_zone, "America/New_York");
	cr_expect(!hours.has_passed && !hours.is_over);
	hours = hours_of(zones, 3, "Europe/London", "2026-12-01T08:30:00Z");
	cr_expect(hours.has_passed && !hours.is_over && hours.passed == 20, "in Tokyo and Berlin");
	hours = hours_of(zones, 3, "Europe/London", "2026-12-01T14:00:01Z");
	cr_expect(hours.is_over, "in New York, too");
	hours = hours_of(zones, 0, "Europe/Berlin", "2026-12-01T07:00:00Z");
	cr_expect(hours.first.ms == hours.last.ms && hours.first.ms == at("2026-12-01T08:00:00Z").ms,
	          "nobody's zone is known");
}

Test(own_hour, in_words) {
	static const char *const zones[] = { "America/New_York", "Asia/Tokyo" };
	struct arena *arena = arena_new();
	struct own_hours hours = hours_of(zones, 2, "Europe/Berlin", "2026-11-20T00:00:00Z");
	const char *words = own_hours_words(&hours, at("2026-11-20T00:00:00Z"), arena);
	cr_expect(text_starts(words, "09:00 on 1 Dec 2026 where each contact lives: first at ") &&
	              strstr(words, "(Tokyo)") && strstr(words, "last at ") && strstr(words, "(New York)"),
	          "%s", words);
	words = own_hours_words(&hours, at("2026-12-01T00:30:00Z"), arena);
	cr_expect(strstr(words, "at once where it has passed, as in Tokyo"), "%s", words);
	arena_free(arena);
}
