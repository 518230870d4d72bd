/* Counts of failed sign-ins: their pure parts. */
#include <criterion/criterion.h>

#include "access/attempts.h"
#include "core/base/text.h"

Test(attempts, a_pause_doubles_up_to_a_quarter_of_an_hour) {
	static const struct {
		int64_t failures, seconds;
	} rows[] = { { 0, 0 }, { 4, 0 }, { 5, 1 }, { 6, 2 }, { 14, 512 }, { 15, 900 }, { 16, 900 }, { INT64_MAX, 900 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_eq(attempt_pause(rows[i].failures, 5), rows[i].seconds * 1000);
}

Test(attempts, an_address_is_one_client) {
	ARENA_AUTO arena = arena_new();
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "::ffff:192.0.2.1", "192.0.2.1", true },
		{ "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true },
		{ "2001:db8:1:2::1", "2001:db8:1:3::1", false },
		{ "", NULL, true },
		{ "unix:", "192.0.2.1", false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct attempt a = attempt_of(arena, "anna", rows[i].a), b = attempt_of(arena, "anna", rows[i].b);
		cr_expect_eq(text_same(a.by_name, b.by_name), rows[i].same, "%zu", i);
		cr_expect_eq(text_same(a.by_address, b.by_address), rows[i].same, "%zu", i);
	}
	struct attempt odd = attempt_of(arena, "\xFF\xFE\n", "192.0.2.1");
	cr_expect(text_is_utf8(odd.by_name, strlen(odd.by_name)) && strlen(odd.by_name) < 100);
}
