/* What is found out of senders' domains, at a name server of the test. */
#include <criterion/criterion.h>
#include <string.h>

#include "preflight/sender.h"
#include "unit/dns_server.h"

#define KEY                                                                         \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkmoGeLnQg1fWn7/" \
	"zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsqMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3S"

static struct dns_row rows[] = {
	{ "acme.example", ns_t_txt, "v=spf1 include:_spf.relay.example mx -all", 0, 0 },
	{ "acme.example", ns_t_txt, "something-else=1", 0, 0 },
	{ "acme.example", ns_t_mx, "10 mail.acme.example", 0, 0 },
	{ "_spf.relay.example", ns_t_txt, "v=spf1 ip4:192.0.2.0/24 include:_b.relay.example ~all", 0, 0 },
	{ "_b.relay.example", ns_t_txt, "v=spf1 ip6:2001:db8::/32 ~all", 0, 0 },
	{ "k1._domainkey.acme.example", ns_t_txt, "v=DKIM1; k=rsa; p=" KEY KEY, 0, 0 },
	{ "k2._domainkey.acme.example", ns_t_txt, "v=DKIM1; k=rsa; p=", 0, 0 },
	{ "_dmarc.acme.example", ns_t_txt, "v=DMARC1; p=reject; sp=quarantine; adkim=s", 0, 0 },
	{ "news.acme.example", ns_t_a, "192.0.2.9", 0, 0 },
	{ "news.acme.example", ns_t_txt, "v=spf1 redirect=acme.example", 0, 0 },
	{ "bare.example", ns_t_txt, "hello", 0, 0 },
	{ "null.example", ns_t_mx, "0 ", 0, 0 },
	{ "null.example", ns_t_txt, "v=spf1 mx", 0, 0 },
	{ "_dmarc.null.example", ns_t_txt, "v=DMARC1; p=none", 0, 0 },
	{ "two.example", ns_t_txt, "v=spf1 -all", 0, 0 },
	{ "two.example", ns_t_txt, "v=spf1 mx -all", 0, 0 },
	{ "_dmarc.two.example", ns_t_txt, "v=DMARC1; p=none; rua=mailto:a@two.example", 0, 0 },
	{ "_dmarc.two.example", ns_t_txt, "v=DMARC1; p=reject", 0, 0 },
	{ "open.example", ns_t_txt, "v=spf1 +all", 0, 0 },
	{ "lost.example", ns_t_txt, "v=spf1 include:nobody.example -all", 0, 0 },
	{ "loop.example", ns_t_txt, "v=spf1 include:loop2.example -all", 0, 0 },
	{ "loop2.example", ns_t_txt, "v=spf1 include:loop.example -all", 0, 0 },
	{ "self.example", ns_t_txt, "v=spf1 include:self.example -all", 0, 0 },
	{ "many.example", ns_t_txt,
	  "v=spf1 a mx a:a.many.example a:b.many.example a:c.many.example a:d.many.example a:e.many.example "
	  "a:f.many.example a:g.many.example include:_spf.relay.example -all",
	  0, 0 },
	{ "broken.example", ns_t_txt, "v=spf1 -all", DNS_BREAKS, 0 },
};

static const struct sender_facts *find(const char *servers, const char *domain, const char *selector,
                                       struct arena *arena) {
	struct dns_pool *pool = dns_pool_new(servers);
	struct sender_search *search = sender_search_begin(pool, domain, selector, arena);
	for (int i = 0; i < 500 && !sender_search_is_over(search); i++)
		dns_turn(pool, 100);
	cr_assert(sender_search_is_over(search));
	const struct sender_facts *facts = sender_search_facts(search);
	dns_pool_free(pool);
	return facts;
}

struct wanted {
	const char *domain, *selector;
	bool exists;
	unsigned spf, dkim, dmarc, mx;
	int64_t lookups;
	const char *policy, *spf_says;
};

static const struct wanted wanted[] = {
	{ "acme.example", "k1", true, RECORD_GOOD, RECORD_GOOD, RECORD_GOOD, RECORD_GOOD, 3, "reject", NULL },
	{ "acme.example", "k2", true, RECORD_GOOD, RECORD_WRONG, RECORD_GOOD, RECORD_GOOD, 3, "reject", NULL },
	{ "acme.example", "k3", true, RECORD_GOOD, RECORD_ABSENT, RECORD_GOOD, RECORD_GOOD, 3, "reject", NULL },
	{ "news.acme.example", NULL, true, RECORD_GOOD, RECORD_NOT_ASKED, RECORD_GOOD, RECORD_GOOD, 4, "quarantine", NULL },
	{ "bare.example", "", true, RECORD_ABSENT, RECORD_NOT_ASKED, RECORD_ABSENT, RECORD_ABSENT, COUNT_NONE, NULL, NULL },
	{ "null.example", NULL, true, RECORD_WEAK, RECORD_NOT_ASKED, RECORD_WEAK, RECORD_WRONG, 1, "none", "all others" },
	{ "two.example", NULL, true, RECORD_WRONG, RECORD_NOT_ASKED, RECORD_WRONG, RECORD_ABSENT, 0, NULL, "only one" },
	{ "open.example", NULL, true, RECORD_WRONG, RECORD_NOT_ASKED, RECORD_ABSENT, RECORD_ABSENT, 0, NULL, "anyone" },
	{ "lost.example", NULL, true, RECORD_WRONG, RECORD_NOT_ASKED, RECORD_ABSENT, RECORD_ABSENT, 1, NULL,
	  "nobody.example" },
	{ "loop.example", NULL, true, RECORD_WRONG, RECORD_NOT_ASKED, RECORD_ABSENT, RECORD_ABSENT, 11, NULL,
	  "more than 10" },
	{ "self.example", NULL, true, RECORD_WRONG, RECORD_NOT_ASKED, RECORD_ABSENT, RECORD_ABSENT, 1, NULL, "itself" },
	{ "many.example", NULL, true, RECORD_WRONG, RECORD_NOT_ASKED, RECORD_ABSENT, RECORD_ABSENT, 11, NULL,
	  "more than 10" },
	{ "nobody.example", NULL, false, RECORD_ABSENT, RECORD_NOT_ASKED, RECORD_ABSENT, RECORD_ABSENT, COUNT_NONE, NULL,
	  NULL },
	{ "broken.example", NULL, true, RECORD_UNKNOWN, RECORD_NOT_ASKED, RECORD_ABSENT, RECORD_ABSENT, COUNT_NONE, NULL,
	  NULL },
};

Test(sender, what_the_dns_says) {
	struct dns_server server = dns_serve(rows, sizeof rows / sizeof *rows);
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		ARENA_AUTO arena = arena_new();
		const struct wanted *row = &wanted[i];
		const struct sender_facts *facts = find(server.servers, row->domain, row->selector, arena);
		cr_expect(facts->exists == row->exists, "%s exists", row->domain);
		cr_expect(facts->spf == row->spf, "%s spf: %u %s", row->domain, facts->spf, facts->spf_problem);
		cr_expect(facts->dkim == row->dkim, "%s dkim: %u", row->domain, facts->dkim);
		cr_expect(facts->dmarc == row->dmarc, "%s dmarc: %u", row->domain, facts->dmarc);
		cr_expect(facts->mx == row->mx, "%s mx: %u", row->domain, facts->mx);
		cr_expect(facts->spf_lookups == row->lookups, "%s: %lld", row->domain, (long long)facts->spf_lookups);
		cr_expect(text_same(facts->policy, row->policy), "%s: %s", row->domain, facts->policy);
		cr_expect(!row->spf_says || (facts->spf_problem && strstr(facts->spf_problem, row->spf_says)), "%s: %s",
		          row->domain, facts->spf_problem);
	}
	dns_stop(&server);
}

Test(sender, where_a_policy_was_found_and_how_strict_it_is) {
	ARENA_AUTO arena = arena_new();
	struct dns_server server = dns_serve(rows, sizeof rows / sizeof *rows);
	const struct sender_facts *facts = find(server.servers, "news.acme.example", NULL, arena);
	cr_expect_str_eq(facts->dmarc_domain, "acme.example");
	cr_expect(facts->strict_dkim && !facts->strict_spf);
	facts = find(server.servers, "acme.example", NULL, arena);
	cr_expect(facts->mail_hosts.count == 1);
	cr_expect_str_eq(facts->mail_hosts.items[0], "mail.acme.example");
	dns_stop(&server);
}
