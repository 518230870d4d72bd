/* Links to reports. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
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

/* Half a character at the end cost the whole name. */
Test(links, keep_200_characters_of_a_browsers_name) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO agent = { 0 };
	buf_char(&agent, 'a');
	for (int i = 0; i < 300; i++)
		buf_text_add(&agent, "€");
	const char *kept = link_agent(arena, buf_text(&agent));
	cr_assert(kept && text_is_utf8(kept, strlen(kept)));
	cr_expect_eq(text_length(kept), 200);
	cr_expect_str_eq(link_agent(arena, "curl\x1b \xff"), "curl  \xef\xbf\xbd");
	cr_expect_null(link_agent(arena, NULL));
}
