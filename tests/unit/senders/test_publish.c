/* What is to be published: in pieces that the DNS takes, and in words that say what to do. */
#include "senders/publish.h"

#include <string.h>

#include "preflight/records.h"
#include "senders_support.h"

static const struct publish_record *record_at(const struct rows *rows, int at) {
	return (const struct publish_record *)rows->items + at;
}

static struct rows records_of(const struct sending_domain *domain, const struct strings *relays, struct arena *arena) {
	return publish_records(domain, relays, arena);
}

static const struct strings none = { NULL, 0 };

Test(publish, a_key_is_a_record_that_receivers_can_use) {
	ARENA_AUTO arena = arena_new();
	struct sending_domain domain = domain_named("000000000000000000000001", "acme.example");
	add_key(&domain, SIGNATURE_RSA, arena);
	add_key(&domain, SIGNATURE_ED25519, arena);
	const struct rows rows = records_of(&domain, &none, arena);
	cr_assert_eq(rows.count, 4);
	for (int i = 0; i < 2; i++) {
		const struct publish_record *record = record_at(&rows, i);
		BUF_AUTO joined = { 0 };
		cr_expect_eq(record->purpose, PUBLISH_DKIM);
		cr_expect_null(dkim_problem(record->value, arena), "%s", dkim_problem(record->value, arena));
		cr_expect_str_eq(dkim_key_of(record->value, arena), key_at(&domain, i)->public_key);
		for (int piece = 0; piece < record->pieces.count; piece++) {
			cr_expect(strlen(record->pieces.items[piece]) <= 255);
			buf_text_add(&joined, record->pieces.items[piece]);
		}
		cr_expect_str_eq(buf_text(&joined), record->value);
		cr_expect_eq(record->pieces.count, i == 0 ? 2 : 1);
		cr_expect(strstr(record->name, i == 0 ? "ttr-" : "tte-") && strstr(record->name, "._domainkey.acme.example"));
		cr_expect(strstr(record->words, "publish this record"));
	}
	const char *quoted = publish_quoted(&record_at(&rows, 0)->pieces, arena);
	cr_expect(quoted[0] == '"' && strstr(quoted, "\" \"") && quoted[strlen(quoted) - 1] == '"');
}

Test(publish, spf_is_proposed_from_the_servers_that_we_know) {
	ARENA_AUTO arena = arena_new();
	struct sending_domain domain = domain_named("000000000000000000000001", "acme.example");
	const struct strings *relays = TEXTS("smtp.sendgrid.net", "mail.acme.example", "email-smtp.eu-west-1.amazonaws.com",
	                                     "smtp.sendgrid.net");
	const struct rows known = records_of(&domain, relays, arena);
	cr_expect_str_eq(record_at(&known, 0)->value, "v=spf1 include:sendgrid.net include:amazonses.com ~all");
	const struct rows unknown = records_of(&domain, TEXTS("mail.acme.example"), arena);
	cr_expect_null(record_at(&unknown, 0)->value);
	cr_expect(strstr(record_at(&unknown, 0)->words, "mail provider says what to include"));
	cr_expect_null(publish_spf_include("evilamazonaws.com"));
	cr_expect_null(publish_spf_include(NULL));
	domain.check.spf = RECORD_WRONG, domain.check.spf_record = "v=spf1 +all",
	domain.check.spf_problem = "it allows all";
	const struct rows wrong = records_of(&domain, relays, arena);
	cr_expect(!record_at(&wrong, 0)->value && strstr(record_at(&wrong, 0)->words, "it allows all"));
	domain.check.spf = RECORD_UNKNOWN, domain.check.spf_record = NULL;
	const struct rows silent = records_of(&domain, relays, arena);
	cr_expect_null(record_at(&silent, 0)->value, "perhaps there is one: a second one would break it");
}

Test(publish, dmarc_is_proposed_where_there_is_none) {
	ARENA_AUTO arena = arena_new();
	struct sending_domain domain = domain_named("000000000000000000000001", "news.acme.example");
	struct rows rows = records_of(&domain, &none, arena);
	cr_expect_str_eq(record_at(&rows, 1)->name, "_dmarc.news.acme.example");
	cr_expect_str_eq(record_at(&rows, 1)->value, "v=DMARC1; p=none; rua=mailto:postmaster@news.acme.example");
	domain.check.dmarc = RECORD_GOOD, domain.check.dmarc_record = "v=DMARC1; p=reject";
	domain.check.dmarc_domain = "acme.example";
	rows = records_of(&domain, &none, arena);
	cr_expect(!record_at(&rows, 1)->value && strstr(record_at(&rows, 1)->words, "at acme.example"));
}

Test(publish, states_in_words) {
	ARENA_AUTO arena = arena_new();
	struct sending_domain domain = domain_named("000000000000000000000001", "acme.example");
	add_key(&domain, SIGNATURE_ED25519, arena);
	struct sending_key *key = key_at(&domain, 0);
	cr_expect_str_eq(publish_health(&domain).label, "Being looked up");
	domain.check.ended_at = moment_add(NOON, SECOND_MS);
	cr_expect_str_eq(publish_health(&domain).label, "Not signing yet");
	key->seen_at = NOON, key->record = RECORD_GOOD;
	cr_expect(strcmp(publish_health(&domain).label, "Signing") == 0 && !publish_health(&domain).why);
	domain.check.dmarc = RECORD_ABSENT;
	cr_expect(strstr(publish_health(&domain).why, "DMARC"));
	key->record = RECORD_ABSENT;
	cr_expect(strcmp(publish_health(&domain).label, "Record missing") == 0 && publish_health(&domain).why);
}
