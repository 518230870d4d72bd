/* From adding a domain to a mail signed with its keys: stored, looked up at a name server of the test's by the job,
 * opened, where TEST_STORE_URI names a database. */
#include "senders/open.h"

#include <string.h>

#include "core/process/settings.h"
#include "senders/check_job.h"
#include "senders_support.h"
#include "unit/dns_server.h"
#include "unit/store_fixture.h"

struct step {
	const char *id;
};
static const struct field step_fields[] = { FIELD(struct step, id, .stored = "_id") };
static const struct record_type step_record = RECORD_TYPE("Step", struct step, step_fields);

/* The database's time is told by any collection. */
static void open_with_clock(void) {
	open_all();
	cr_assert(store_insert(store, "schema_migrations", &step_record, &(struct step){ "1" }, &err), "%s", err.text);
}

TestSuite(senders, .init = open_with_clock, .fini = close_all, .timeout = 120);

static struct sending_domain stored(const char *name) {
	struct sending_domain domain;
	bool found;
	cr_assert(sending_domain_find(store, name, arena, &domain, &found, &err) && found, "%s", err.text);
	return domain;
}

static struct sending_domain added(const char *name) {
	struct sending_domain domain = domain_named(store_new_id(arena), name);
	add_key(&domain, SIGNATURE_RSA, arena);
	add_key(&domain, SIGNATURE_ED25519, arena);
	cr_assert(sending_domain_insert(store, &domain, arena, &err), "%s", err.text);
	return stored(name);
}

/* Adopts what is due, and works until nothing is left. */
static void look_up(const char *servers) {
	const struct job_kind *const kinds[] = { &sending_domain_job };
	struct settings settings = { .dns_servers = servers };
	struct jobs jobs;
	bool worked = true;
	jobs_open(&jobs, store, kinds, 1, &settings);
	for (int64_t until = monotonic_ms() + 60000; worked && monotonic_ms() < until;)
		cr_assert(jobs_turn(&jobs, &worked, &err), "%s", err.text);
	cr_assert(!worked, "it ends");
}

static struct dkim_signer signer_of(const struct keyring *ring, const char *domain, bool *found) {
	struct dkim_signer signer;
	cr_assert(sending_domain_open(store, ring, domain, arena, &signer, found, &err), "%s", err.text);
	return signer;
}

static struct dns_row row_of(const struct sending_key *key, const char *domain) {
	return (struct dns_row){
		arena_print(arena, "%s._domainkey.%s", key->selector, domain), ns_t_txt,
		arena_print(arena, "v=DKIM1; k=%s; p=%s", choice_name(&signature_kinds, (int)key->kind), key->public_key), 0, 0
	};
}

Test(senders, a_mail_is_signed_once_the_records_are_found) {
	const struct keyring ring = ring_of(KEY_A, "");
	struct sending_domain domain = added("acme.example");
	bool found;
	cr_expect(signer_of(&ring, "acme.example", &found).count == 0 && found, "nothing was found yet");
	struct dns_row rows[] = { row_of(key_at(&domain, 0), "acme.example"),
		                      row_of(key_at(&domain, 1), "acme.example"),
		                      { "acme.example", ns_t_txt, "v=spf1 mx -all", 0, 0 } };
	struct dns_server server = dns_serve(rows, 3);
	cr_expect(sending_domain_is_checking(&domain));
	const char *selector;
	cr_expect(sending_domain_selector(store, "ACME.example", arena, &selector, &err) &&
	          text_same(selector, key_at(&domain, 0)->selector));
	cr_expect(sending_domain_selector(store, "news.acme.example", arena, &selector, &err) && !selector);
	look_up(server.servers);
	domain = stored("acme.example");
	cr_expect(!sending_domain_is_checking(&domain) && domain.check.exists && domain.check.spf == RECORD_GOOD);
	cr_expect(domain.check.dmarc == RECORD_ABSENT && key_signs(key_at(&domain, 0)) && key_signs(key_at(&domain, 1)));
	struct dkim_signer signer = signer_of(&ring, "acme.example", &found);
	cr_assert(found && signer.count == 2);
	cr_expect_eq(signature_kind_of(signer.keys[0].key), SIGNATURE_RSA);
	cr_expect_str_eq(signer.keys[1].selector, key_at(&domain, 1)->selector);
	static const char mail[] = "From: a@acme.example\r\n\r\nHello\r\n";
	BUF_AUTO out = { 0 };
	cr_expect(dkim_sign(&signer, mail, strlen(mail), NOON, &out, &err) && strstr(buf_text(&out), "d=acme.example;"));
	dns_stop(&server);
}

Test(senders, a_domain_above_signs_for_those_below) {
	const struct keyring ring = ring_of(KEY_A, "");
	struct sending_domain domain = added("acme.example");
	struct dns_row rows[] = { row_of(key_at(&domain, 0), "acme.example") };
	struct dns_server server = dns_serve(rows, 1);
	bool found;
	look_up(server.servers);
	struct dkim_signer signer = signer_of(&ring, "News.ACME.example", &found);
	cr_expect(found && signer.count == 1 && strcmp(signer.domain, "acme.example") == 0);
	cr_expect(signer_of(&ring, "notacme.example", &found).count == 0 && !found);
	cr_expect(signer_of(&ring, "example", &found).count == 0 && !found);
	cr_expect(signer_of(&ring, "not a domain", &found).count == 0 && !found);
	cr_expect(signer_of(&ring, "", &found).count == 0 && !found);
	dns_stop(&server);
}

Test(senders, another_ring_does_not_open_and_a_new_one_can_take_over) {
	const struct keyring a = ring_of(KEY_A, ""), b = ring_of(KEY_B, ""), both = ring_of(KEY_B, KEY_A);
	struct sending_domain domain = added("acme.example");
	struct dns_row rows[] = { row_of(key_at(&domain, 0), "acme.example") };
	struct dns_server server = dns_serve(rows, 1);
	struct dkim_signer signer;
	struct rotation rotation = { 0 };
	bool found;
	look_up(server.servers);
	cr_expect(!sending_domain_open(store, &b, "acme.example", arena, &signer, &found, &err));
	cr_expect(err.kind == ERROR_CONFLICT && strstr(err.text, "CREDENTIALS_KEYS_OLD"));
	cr_assert(keys_reseal(store, &both, arena, &rotation, &err), "%s", err.text);
	cr_expect(rotation.secrets == 2 && rotation.sealed == 2 && rotation.lost == 0);
	cr_expect_eq(signer_of(&b, "acme.example", &found).count, 1);
	cr_assert(keys_reseal(store, &a, arena, &rotation, &err), "%s", err.text);
	cr_expect_eq(rotation.lost, 2, "what does not open stays as it is");
	dns_stop(&server);
}

Test(senders, silence_and_a_setting_that_cannot_be_read_end_too) {
	struct sending_domain domain = added("acme.example");
	struct dns_row rows[] = { { "acme.example", ns_t_txt, "x", DNS_BREAKS, 0 } };
	struct dns_server server = dns_serve(rows, 1);
	look_up(server.servers);
	domain = stored("acme.example");
	cr_expect(!sending_domain_is_checking(&domain) && key_at(&domain, 0)->record == RECORD_ABSENT);
	dns_stop(&server);
	struct dns_row broken[] = { { arena_print(arena, "%s._domainkey.acme.example", key_at(&domain, 0)->selector),
		                          ns_t_txt, "x", DNS_BREAKS, 0 } };
	server = dns_serve(broken, 1);
	cr_assert(sending_domain_ask_check(store, domain.id, moment_add(domain.check.ended_at, 1), arena, &err));
	look_up(server.servers);
	domain = stored("acme.example");
	cr_expect(!sending_domain_is_checking(&domain) && key_at(&domain, 0)->record == RECORD_UNKNOWN);
	dns_stop(&server);
}

Test(senders, of_two_that_change_it_at_once_one_is_told) {
	const struct keyring ring = ring_of(KEY_A, "");
	struct sending_domain domain = added("acme.example"), other = stored("acme.example");
	cr_assert(keys_add(&ring, &domain, SIGNATURE_ED25519, NOON, arena, &err));
	cr_assert(sending_domain_save(store, &domain, &err), "%s", err.text);
	cr_expect(!sending_domain_save(store, &other, &err) && store_is_stale(&err));
	err = ERROR_INIT;
	domain = stored("acme.example");
	cr_assert(sending_domain_drop(store, &domain, &err), "%s", err.text);
}
