/* What is kept of visitors. */
#include <criterion/criterion.h>
#include <string.h>

#include "answering/visitor.h"
#include "core/base/text.h"

Test(visitor, agents_are_told_by_what_they_say) {
	static const struct {
		const char *text;
		enum agent agent;
	} rows[] = {
		{ NULL, AGENT_NONE },
		{ "", AGENT_NONE },
		{ "Mozilla/5.0", AGENT_BARE },
		{ "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", AGENT_GMAIL },
		{ "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", AGENT_YAHOO },
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
		  AGENT_BROWSER },
		{ "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)", AGENT_BROWSER },
		{ "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0",
		  AGENT_PROGRAM },
		{ "BarracudaCentral/1.0", AGENT_SCANNER },
		{ "python-requests/2.31", AGENT_PROGRAM },
		{ "curl/8.14.1", AGENT_PROGRAM },
		{ "Mozilla/5.0 (compatible; Googlebot/2.1)", AGENT_PROGRAM },
		{ "Thunderbird", AGENT_OTHER },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_eq(agent_of(rows[i].text), rows[i].agent, "%s: %s", rows[i].text,
		             choice_name(&agents, (int)agent_of(rows[i].text)));
}

Test(visitor, prefetching_is_what_says_so) {
	cr_expect(visitor_prefetches("prefetch;prerender", NULL, NULL) && visitor_prefetches(NULL, "prefetch", NULL) &&
	          visitor_prefetches(NULL, NULL, "prefetch") && visitor_prefetches("Prefetch", "", ""));
	cr_expect(!visitor_prefetches(NULL, NULL, NULL) && !visitor_prefetches("", "navigate", ""));
}

static const char *network(const char *address, const char *key, const char *day, struct arena *arena) {
	struct moment at;
	cr_assert(moment_parse(day, &at));
	return visitor_network(address, key, at, arena);
}

Test(visitor, networks_are_told_apart_within_a_day_alone) {
	struct arena *arena = arena_new();
	static const char day[] = "2026-11-27T10:00:00Z", evening[] = "2026-11-27T23:59:59Z",
					  next[] = "2026-11-28T00:00:00Z";
	const char *one = network("192.0.2.1", "key", day, arena);
	cr_assert(one && strlen(one) == 8 && strspn(one, "0123456789abcdef") == 8, "%s", one);
	cr_expect_str_eq(network("192.0.2.254", "key", evening, arena), one, "the same /24");
	cr_expect_str_eq(network("::ffff:192.0.2.9", "key", day, arena), one, "as some proxies write it");
	cr_expect_str_neq(network("192.0.3.1", "key", day, arena), one);
	cr_expect_str_neq(network("192.0.2.1", "key", next, arena), one, "not to be followed from day to day");
	cr_expect_str_neq(network("192.0.2.1", "other", day, arena), one);
	cr_expect_str_eq(network("2001:db8:1:2::1", "key", day, arena), network("2001:db8:1:ff::2", "key", day, arena));
	cr_expect_str_neq(network("2001:db8:1::1", "key", day, arena), network("2001:db8:2::1", "key", day, arena));
	cr_expect(!network("somewhere", "key", day, arena) && !network(NULL, "key", day, arena) &&
	          !network("", "key", day, arena));
	arena_free(arena);
}
