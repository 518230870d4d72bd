/* Links to reports. */
#include <criterion/criterion.h>

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
