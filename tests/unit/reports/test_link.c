/* Links to reports. */
#include <criterion/criterion.h>

#include "access/password.h"
#include "reports/link.h"

Test(links, end_in_four_ways) {
	struct moment now = { 1000 * DAY_MS };
	struct report_link link = { .expires_at = moment_add(now, 1),
		                        .revoked_at = MOMENT_NONE,
		                        .max_downloads = COUNT_NONE };
	cr_expect_eq(link_judge(&link, now), LINK_GOOD);
	cr_expect_eq(link_judge(&link, moment_add(now, 1)), LINK_EXPIRED);
	link.max_downloads = link.downloads = 3;
	cr_expect_eq(link_judge(&link, now), LINK_EXHAUSTED);
	link.revoked_at = now;
	cr_expect_eq(link_judge(&link, now), LINK_REVOKED);
}

Test(link, a_locked_link_tells_how_long_it_stays_locked) {
	struct moment now = { 1000 * DAY_MS };
	struct report_link link = { .has_password = true, .locked_until = moment_add(now, 90 * SECOND_MS) };
	struct error err = ERROR_INIT;
	cr_expect(!link_open(NULL, &link, "x", now, &err));
	cr_expect_eq(err.kind, ERROR_LIMITED);
	cr_expect_eq(err.retry_ms, 90 * SECOND_MS);
}

Test(link, a_lock_from_a_clock_that_was_ahead_is_none) {
	ARENA_AUTO arena = arena_new();
	struct moment now = { 1000 * DAY_MS };
	struct report_link link = { .has_password = true, .locked_until = moment_add(now, 2 * HOUR_MS) };
	struct error err = ERROR_INIT;
	cr_assert(password_hash(arena, "right", &link.password_hash, &err));
	cr_expect(link_open(NULL, &link, "right", now, &err), "%s", err.text);
}
