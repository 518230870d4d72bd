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
	/* given out while the clock was ten years ahead */
	link.expires_at = moment_add(now, 10 * 365 * DAY_MS);
	cr_expect_eq(link_judge(&link, now), LINK_EXPIRED);
	link.expires_at = moment_add(now, 1);
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

Test(links, take_a_ticket_of_their_own_for_a_while) {
	ARENA_AUTO arena = arena_new();
	struct moment now = { 1000 * DAY_MS };
	struct report_link link = { .id = "1", .password_hash = "hash", .has_password = true }, other = link;
	const char *ticket = link_ticket(&link, "key", now, arena);
	cr_expect(link_takes_ticket(&link, "key", ticket, now));
	cr_expect(link_takes_ticket(&link, "key", ticket, moment_add(now, LINK_TICKET_MS - 1)));
	cr_expect_not(link_takes_ticket(&link, "key", ticket, moment_add(now, LINK_TICKET_MS)));
	cr_expect_not(link_takes_ticket(&link, "key", ticket, moment_add(now, -1)), "made later than now");
	cr_expect_not(link_takes_ticket(&link, "other key", ticket, now));
	other.id = "2";
	cr_expect_not(link_takes_ticket(&other, "key", ticket, now));
	other = link;
	other.password_hash = "another";
	cr_expect_not(link_takes_ticket(&other, "key", ticket, now));
	other = link;
	other.has_password = false;
	cr_expect_not(link_takes_ticket(&other, "key", ticket, now));
	for (const char *const *odd = (const char *const[]){ "", ".", "x.y", "1", NULL }; *odd; odd++)
		cr_expect_not(link_takes_ticket(&link, "key", *odd, now));
	cr_expect_not(link_takes_ticket(&link, "key", NULL, now));
}
