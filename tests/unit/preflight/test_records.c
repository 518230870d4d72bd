/* Records of senders: read, and what is wrong with them. */
#include <criterion/criterion.h>
#include <string.h>

#include "preflight/records.h"

Test(records, spf_terms) {
	static const struct {
		const char *record;
		int lookups;
		char all;
		bool good;
	} rows[] = {
		{ "v=spf1 -all", 0, '-', true },
		{ "v=spf1", 0, 0, true },
		{ "V=SPF1 MX A include:_spf.acme.example ~ALL", 3, '~', true },
		{ "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ?all", 0, '?', true },
		{ "v=spf1 +mx/24 a:mail.acme.example/28//64 ptr exists:%{i}.x.example -all", 4, '-', true },
		{ "v=spf1 redirect=_spf.acme.example", 1, 0, true },
		{ "v=spf1 redirect=_spf.acme.example -all", 0, '-', true },
		{ "v=spf1 -all include:_spf.acme.example", 0, '-', true },
		{ "v=spf1 exp=why.acme.example new=thing +all", 0, '+', true },
		{ "v=spf1 all", 0, '+', true },
		{ "v=spf1  a   -all  ", 1, '-', true },
		{ "v=spf1 include: -all", 0, '-', false },
		{ "v=spf1 ipv4:192.0.2.1 -all", 0, '-', false },
		{ "v=spf1 mx:a.example include=b.example -all", 1, '-', true },
		{ "v=spf1 include;x -all", 0, '-', false },
		{ "v=spf10 -all", 0, 0, false },
		{ "spf1 -all", 0, 0, false },
		{ "", 0, 0, false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		struct spf spf;
		spf_read(rows[i].record, arena, &spf);
		cr_expect(spf.lookup_count == rows[i].lookups, "%s: %d", rows[i].record, spf.lookup_count);
		cr_expect(spf.all == rows[i].all, "%s: %c", rows[i].record, spf.all);
		cr_expect(!spf.problem == rows[i].good, "%s: %s", rows[i].record, spf.problem);
	}
}

Test(records, those_among_others) {
	const char *texts[] = { "google-site-verification=x", "v=spf1 -all", "v=spf1x", "v=spf1 mx",
		                    "v=DMARC1; p=none",           "v=DMARC12" };
	const struct strings all = { texts, 6 };
	const char *record = NULL;
	cr_expect(spf_find(&all, &record) == 2);
	cr_expect_str_eq(record, "v=spf1 -all");
	cr_expect(dmarc_find(&all, &record) == 1);
	cr_expect_str_eq(record, "v=DMARC1; p=none");
}

Test(records, dmarc_policies) {
	static const struct {
		const char *record;
		enum dmarc_policy policy, below;
		bool strict, good, ignores;
	} rows[] = {
		{ "v=DMARC1; p=reject", DMARC_REJECT, DMARC_REJECT, false, true, false },
		{ "v=DMARC1;p=none;sp=quarantine;aspf=s;adkim=s", DMARC_NONE, DMARC_QUARANTINE, true, true, false },
		{ " v=DMARC1; p=none", DMARC_NO_POLICY, DMARC_NO_POLICY, false, false, false },
		{ "v=DMARC1; P = Quarantine ; aspf=r; pct=50", DMARC_QUARANTINE, DMARC_QUARANTINE, false, true, true },
		{ "v=DMARC1; p=block", DMARC_NO_POLICY, DMARC_NO_POLICY, false, false, false },
		{ "v=DMARC1; rua=mailto:a@b.example", DMARC_NONE, DMARC_NONE, false, true, false },
		{ "v=DMARC1", DMARC_NO_POLICY, DMARC_NO_POLICY, false, false, false },
		{ "v=DMARC1;;;=;p=reject;p=none", DMARC_REJECT, DMARC_REJECT, false, true, false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		struct dmarc dmarc;
		dmarc_read(rows[i].record, arena, &dmarc);
		cr_expect(dmarc.policy == rows[i].policy && dmarc.subdomains == rows[i].below, "%s", rows[i].record);
		cr_expect(dmarc.strict_spf == rows[i].strict && dmarc.strict_dkim == rows[i].strict, "%s", rows[i].record);
		cr_expect(!dmarc.problem == rows[i].good, "%s", rows[i].record);
		cr_expect((dmarc.ignored != NULL) == rows[i].ignores, "%s", rows[i].record);
	}
}

#define KEY64 "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/Dkm"
#define KEY KEY64 KEY64 KEY64 "oGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq"

Test(records, keys_of_dkim) {
	static const struct {
		const char *record;
		bool good;
	} rows[] = {
		{ "v=DKIM1; k=rsa; p=" KEY, true },
		{ "p=" KEY, true },
		{ "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", true },
		{ "v=DKIM1; k=rsa; p=", false },
		{ "v=DKIM1; k=rsa", false },
		{ "v=DKIM1; k=rsa; p=" KEY64, false },
		{ "v=DKIM1; k=dsa; p=" KEY, false },
		{ "v=DKIM2; p=" KEY, false },
		{ "v=DKIM1; p=not a key!", false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		cr_expect(!dkim_problem(rows[i].record, arena) == rows[i].good, "%s", rows[i].record);
	}
}

Test(records, domains_above) {
	cr_expect_str_eq(domain_above("news.acme.example"), "acme.example");
	cr_expect(domain_above("acme.example") == NULL && domain_above("example") == NULL && domain_above("") == NULL);
}
