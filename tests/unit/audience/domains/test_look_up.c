/* Domains of addresses: judged, looked up at a name server of the test's, kept and marked at contacts, where
 * TEST_STORE_URI names a server. D-123. */
#include "audience/domains/look_up.h"

#include <criterion/criterion.h>

#include "audience/contacts/change.h"
#include "audience/contacts/rollup.h"
#include "audience/domains/domain.h"
#include "core/process/settings.h"
#include "unit/dns_server.h"
#include "unit/store_fixture.h"

static enum domain_verdict judged(bool refuses, int count, const enum dns_result *results, bool *again) {
	return domain_judge(results, count, refuses, again);
}
#define JUDGED(refuses, ...)                                                                     \
	judged(refuses, (int)(sizeof((enum dns_result[]){ __VA_ARGS__ }) / sizeof(enum dns_result)), \
	       (const enum dns_result[]){ __VA_ARGS__ }, &again)

Test(domain, is_judged_by_its_answers) {
	bool again;
	cr_expect(JUDGED(false, DNS_FOUND) == DOMAIN_TAKES_MAIL && !again);
	cr_expect(JUDGED(true, DNS_FOUND) == DOMAIN_REFUSES && !again);
	cr_expect(JUDGED(false, DNS_NO_NAME) == DOMAIN_NO_NAME && !again);
	cr_expect(JUDGED(false, DNS_FAILED) == DOMAIN_UNKNOWN && !again);
	cr_expect(JUDGED(false, DNS_NONE) == DOMAIN_UNKNOWN && again, "without MX, the host itself takes the mail");
	cr_expect(JUDGED(false, DNS_NONE, DNS_FOUND) == DOMAIN_TAKES_MAIL && !again);
	cr_expect(JUDGED(false, DNS_NONE, DNS_NONE) == DOMAIN_UNKNOWN && again);
	cr_expect(JUDGED(false, DNS_NONE, DNS_NONE, DNS_FOUND) == DOMAIN_TAKES_MAIL && !again);
	cr_expect(JUDGED(false, DNS_NONE, DNS_NONE, DNS_NONE) == DOMAIN_NO_HOST && !again);
	cr_expect(JUDGED(false, DNS_NONE, DNS_FAILED) == DOMAIN_UNKNOWN && !again);
}

Test(domain, without_an_answer_stays_as_it_was) {
	struct mail_domain domain = { "a.example", DOMAIN_NO_NAME, 0, MOMENT_NONE, MOMENT_NONE, MOMENT_NONE };
	const struct moment now = { 1760000000000 };
	int64_t waits[9];
	for (int i = 0; i < 9; i++) {
		domain_settle(&domain, DOMAIN_UNKNOWN, now);
		waits[i] = domain.due_at.ms - now.ms;
		cr_expect(i == 0 || waits[i] >= waits[i - 1]);
	}
	cr_expect_eq(domain.verdict, DOMAIN_NO_NAME);
	cr_expect_eq(waits[0], 600000);
	cr_expect_lt(waits[8], 2 * DAY_MS);
	domain_settle(&domain, DOMAIN_TAKES_MAIL, now);
	cr_expect_eq(domain.verdict, DOMAIN_TAKES_MAIL);
	cr_expect_eq(domain.misses, 0);
}

/* The database's time is told by any collection. */
struct step {
	const char *id;
};
static const struct field step_fields[] = { FIELD(struct step, id, .stored = "_id") };
static const struct record_type step_record = RECORD_TYPE("Step", struct step, step_fields);

static void open_with_clock(void) {
	open_all();
	cr_assert(store_insert(store, "schema_migrations", &step_record, &(struct step){ "1" }, &err), "%s", err.text);
}

TestSuite(look_up, .init = open_with_clock, .fini = close_all);

static struct dns_row rows[] = {
	{ "gmail.com", ns_t_mx, "5 a.gmail.com", 0, 0 },    { "good.example", ns_t_mx, "5 mx.good.example", 0, 0 },
	{ "host.example", ns_t_a, "192.0.2.1", 0, 0 },      { "null.example", ns_t_mx, "0 ", 0, 0 },
	{ "bare.example", ns_t_txt, "nothing else", 0, 0 }, { "broken.example", ns_t_mx, "5 x", DNS_BREAKS, 0 },
};

static const char *create(const char *email) {
	const char *id = store_new_id(arena);
	const struct contact_request request = { .email = email, .rev = COUNT_NONE };
	const struct contact_saying saying = {
		.given = *TEXTS("email"), .source = SOURCE_API, .by = "mara", .now = { 1760000000000 }
	};
	cr_assert(contact_create(store, id, &request, &saying, arena, &err), "%s", err.text);
	return id;
}

static bool is_bad(const char *id) {
	struct contact contact;
	bool found;
	cr_assert(contact_find(store, id, arena, &contact, &found, &err) && found, "%s", err.text);
	return contact.bad_domain;
}

/* Counts the people, and looks up what is due. */
static void look_up(const char *servers) {
	const struct job_kind *const kinds[] = { &domain_job };
	struct settings settings = { .validate_domains = true, .dns_servers = servers };
	const struct job_request request = { .kind = domain_job.name, .key = domain_job.name };
	struct jobs jobs;
	const char *id;
	bool worked = true, already;
	cr_assert(rollup_people(store, &err), "%s", err.text);
	jobs_open(&jobs, store, kinds, 1, &settings);
	cr_assert(queue_ask(store, &request, arena, &id, &already, &err), "%s", err.text);
	for (int64_t until = monotonic_ms() + 60000; worked && monotonic_ms() < until;)
		cr_assert(jobs_turn(&jobs, &worked, &err), "%s", err.text);
	cr_assert(!worked, "it ends");
}

static enum domain_verdict verdict_of(const char *name) {
	struct mail_domain *all;
	int count;
	cr_assert(domain_due(store, (struct moment){ INT64_MAX / 2 }, 100, arena, &all, &count, &err), "%s", err.text);
	for (int i = 0; i < count; i++)
		if (text_same(all[i].name, name))
			return (enum domain_verdict)all[i].verdict;
	return DOMAIN_VERDICT_COUNT;
}

Test(look_up, marks_whoever_is_at_a_domain_that_takes_no_mail) {
	struct dns_server server = dns_serve(rows, sizeof rows / sizeof *rows);
	const char *good = create("a@good.example"), *host = create("a@host.example"), *null = create("a@null.example"),
			   *bare = create("a@bare.example"), *none = create("a@nobody.example"),
			   *other = create("b@NOBODY.example"), *broken = create("a@broken.example"),
			   *idna = create("a@b\xc3\xbc"
	                          "cher.example");
	look_up(server.servers);
	cr_expect(!is_bad(good) && !is_bad(host) && !is_bad(broken));
	cr_expect(is_bad(null) && is_bad(bare) && is_bad(none) && is_bad(other) && is_bad(idna));
	cr_expect_eq(verdict_of("null.example"), DOMAIN_REFUSES);
	cr_expect_eq(verdict_of("bare.example"), DOMAIN_NO_HOST);
	cr_expect_eq(verdict_of("nobody.example"), DOMAIN_NO_NAME);
	cr_expect_eq(verdict_of("broken.example"), DOMAIN_UNKNOWN);
	cr_expect_eq(verdict_of("xn--bcher-kva.example"), DOMAIN_NO_NAME);
	dns_stop(&server);
}

Test(look_up, follows_an_address_that_is_mended) {
	struct dns_server server = dns_serve(rows, sizeof rows / sizeof *rows);
	const char *id = create("a@godo.example");
	const struct contact_request request = { .email = "a@good.example", .rev = COUNT_NONE };
	const struct contact_saying saying = {
		.given = *TEXTS("email"), .source = SOURCE_API, .by = "mara", .now = { 1760000000000 }
	};
	look_up(server.servers);
	cr_expect(is_bad(id));
	cr_assert(contact_change(store, id, &request, &saying, arena, &err), "%s", err.text);
	look_up(server.servers);
	cr_expect(!is_bad(id));
	dns_stop(&server);
}

Test(look_up, believes_no_name_server_that_knows_nothing) {
	struct dns_row closed[] = { { "intranet.example", ns_t_a, "192.0.2.1", 0, 0 } };
	struct dns_server server = dns_serve(closed, 1);
	const char *id = create("a@good.example");
	look_up(server.servers);
	cr_expect(!is_bad(id), "it has not even heard of a great provider");
	cr_expect_eq(verdict_of("good.example"), DOMAIN_UNKNOWN);
	dns_stop(&server);
}
