/* Look-ups, at a name server that answers, is silent, breaks and garbles. */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/resource.h>

#include "core/base/arena.h"
#include "core/base/moment.h"
#include "core/client/dns.h"
#include "unit/dns_server.h"

struct heard {
	struct arena *arena;
	int times;
	enum dns_result result;
	const char *all, *problem;
};

static void hear(void *context, const struct dns_answer *answer) {
	struct heard *heard = context;
	heard->times++;
	heard->result = answer->result;
	heard->problem = arena_copy(heard->arena, answer->problem);
	heard->all = "";
	for (int i = 0; i < answer->count; i++)
		heard->all = arena_print(heard->arena, "%s%s%d:%s", heard->all, i ? " " : "", answer->records[i].preference,
		                         answer->records[i].text);
}

static void run(struct dns_pool *pool) {
	for (int64_t until = monotonic_ms() + 30000; dns_in_flight(pool) && monotonic_ms() < until;)
		dns_turn(pool, 100);
	cr_assert(dns_in_flight(pool) == 0);
}

#define LONG100 "v=0123456789v=0123456789v=0123456789v=0123456789v=0123456789v=0123456789v=0123456789v=0123456789abcd"
static const char long_text[] = LONG100 LONG100 LONG100 LONG100 LONG100 LONG100 LONG100 LONG100 LONG100 LONG100 LONG100
	LONG100 LONG100 LONG100 LONG100;

static struct dns_row rows[] = {
	{ "two.example", ns_t_a, "192.0.2.1", 0, 0 },
	{ "two.example", ns_t_a, "192.0.2.2", 0, 0 },
	{ "two.example", ns_t_aaaa, "2001:db8::1", 0, 0 },
	{ "mail.example", ns_t_mx, "20 b.mail.example", 0, 0 },
	{ "mail.example", ns_t_mx, "5 a.mail.example", 0, 0 },
	{ "null.example", ns_t_mx, "0 ", 0, 0 },
	{ "text.example", ns_t_txt, "v=spf1 -all", 0, 0 },
	{ "text.example", ns_t_txt, LONG100 LONG100 LONG100, 0, 0 },
	{ "other.example", ns_t_cname, "two.example", 0, 0 },
	{ "cut.example", ns_t_txt, long_text, DNS_CUTS, 0 },
	{ "broken.example", ns_t_a, "192.0.2.1", DNS_BREAKS, 0 },
	{ "garbled.example", ns_t_a, "192.0.2.1", DNS_GARBLES, 0 },
	{ "silent.example", ns_t_a, "192.0.2.1", DNS_IS_SILENT, 0 },
};

struct wanted {
	const char *name;
	enum dns_type type;
	enum dns_result result;
	const char *all;
};

static const struct wanted wanted[] = {
	{ "two.example", DNS_A, DNS_FOUND, "0:192.0.2.1 0:192.0.2.2" },
	{ "TWO.example", DNS_AAAA, DNS_FOUND, "0:2001:db8::1" },
	{ "two.example", DNS_MX, DNS_NONE, "" },
	{ "mail.example", DNS_MX, DNS_FOUND, "5:a.mail.example 20:b.mail.example" },
	{ "null.example", DNS_MX, DNS_FOUND, "0:" },
	{ "text.example", DNS_TXT, DNS_FOUND, "0:v=spf1 -all 0:" LONG100 LONG100 LONG100 },
	{ "other.example", DNS_A, DNS_FOUND, "0:192.0.2.1 0:192.0.2.2" },
	{ "nobody.example", DNS_A, DNS_NO_NAME, "" },
	{ "broken.example", DNS_A, DNS_FAILED, "" },
	{ "garbled.example", DNS_A, DNS_FAILED, "" },
	{ "", DNS_A, DNS_NO_NAME, "" },
	{ "a..example", DNS_A, DNS_NO_NAME, "" },
	{ "a b.example", DNS_A, DNS_NO_NAME, "" },
	{ "m\xc3\xbcller.example", DNS_A, DNS_NO_NAME, "" },
	{ LONG100 ".example", DNS_A, DNS_NO_NAME, "" },
};

enum { WANTED = sizeof wanted / sizeof *wanted };

Test(dns, many_at_once_each_answered_once) {
	ARENA_AUTO arena = arena_new();
	struct dns_server server = dns_serve(rows, sizeof rows / sizeof *rows);
	struct dns_pool *pool = dns_pool_new(server.servers);
	struct heard heard[WANTED] = { 0 };
	for (int i = 0; i < WANTED; i++) {
		heard[i].arena = arena;
		const struct dns_query query = { wanted[i].name, wanted[i].type, hear, &heard[i] };
		dns_start(pool, &query);
	}
	cr_assert(heard[WANTED - 1].times == 0, "never from within dns_start");
	run(pool);
	for (int i = 0; i < WANTED; i++) {
		cr_expect(heard[i].times == 1, "%s", wanted[i].name);
		cr_expect(heard[i].result == wanted[i].result, "%s %d: %d", wanted[i].name, wanted[i].type, heard[i].result);
		cr_expect_str_eq(heard[i].all, wanted[i].all);
		cr_expect((*heard[i].problem != '\0') == (wanted[i].result == DNS_FAILED), "%s", wanted[i].name);
	}
	dns_pool_free(pool);
	dns_stop(&server);
}

Test(dns, an_answer_that_is_cut_is_asked_for_by_tcp) {
	ARENA_AUTO arena = arena_new();
	struct dns_server server = dns_serve(rows, sizeof rows / sizeof *rows);
	struct dns_pool *pool = dns_pool_new(server.servers);
	struct heard heard = { .arena = arena };
	const struct dns_query query = { "cut.example", DNS_TXT, hear, &heard };
	dns_start(pool, &query);
	run(pool);
	cr_assert(heard.result == DNS_FOUND, "%s", heard.problem);
	cr_expect_str_eq(heard.all + 2, long_text);
	dns_pool_free(pool);
	dns_stop(&server);
}

/* old: each string made a copy of all before it, 450 MB for one answer of 60 kB. */
Test(dns, a_text_of_thirty_thousand_pieces_costs_its_length) {
	static char crumbs[30001];
	ARENA_AUTO arena = arena_new();
	struct dns_row row = { "crumbs.example", ns_t_txt, memset(crumbs, 'x', sizeof crumbs - 1), DNS_CRUMBS, 0 };
	struct dns_server server = dns_serve(&row, 1);
	struct dns_pool *pool = dns_pool_new(server.servers);
	struct heard heard = { .arena = arena };
	const struct dns_query query = { "crumbs.example", DNS_TXT, hear, &heard };
	struct rusage before, after;
	(void)getrusage(RUSAGE_SELF, &before);
	dns_start(pool, &query);
	run(pool);
	(void)getrusage(RUSAGE_SELF, &after);
	cr_assert(heard.result == DNS_FOUND && strcmp(heard.all + 2, crumbs) == 0, "%s", heard.problem);
	cr_expect(after.ru_maxrss - before.ru_maxrss < 50000, "%ld kB", after.ru_maxrss - before.ru_maxrss);
	dns_pool_free(pool);
	dns_stop(&server);
}

Test(dns, aliases_in_a_circle_end) {
	static const enum dns_type types[] = { DNS_A, DNS_AAAA, DNS_MX, DNS_TXT };
	static const char *const names[] = { "self.example", "round.example", "circle.example" };
	ARENA_AUTO arena = arena_new();
	struct dns_row circles[] = {
		{ "self.example", ns_t_cname, "self.example", 0, 0 },
		{ "round.example", ns_t_cname, "circle.example", 0, 0 },
		{ "circle.example", ns_t_cname, "round.example", 0, 0 },
	};
	struct dns_server server = dns_serve(circles, 3);
	struct dns_pool *pool = dns_pool_new(server.servers);
	for (int i = 0; i < 12; i++) {
		struct heard heard = { .arena = arena };
		const struct dns_query query = { names[i % 3], types[i / 3], hear, &heard };
		dns_start(pool, &query);
		run(pool);
		cr_expect(heard.times == 1 && heard.result != DNS_FOUND, "%s %d: %d", names[i % 3], i / 3, heard.result);
	}
	dns_pool_free(pool);
	dns_stop(&server);
}

Test(dns, silence_holds_nobody_up_and_ends) {
	ARENA_AUTO arena = arena_new();
	struct dns_server server = dns_serve(rows, sizeof rows / sizeof *rows);
	struct dns_pool *pool = dns_pool_new(server.servers);
	struct heard silent = { .arena = arena }, quick = { .arena = arena };
	const struct dns_query first = { "silent.example", DNS_A, hear, &silent };
	const struct dns_query second = { "two.example", DNS_A, hear, &quick };
	int64_t began = monotonic_ms();
	dns_start(pool, &first);
	dns_start(pool, &second);
	while (!quick.times && monotonic_ms() < began + 1500)
		dns_turn(pool, 100);
	cr_expect(quick.result == DNS_FOUND && quick.times == 1);
	cr_expect(silent.times == 0);
	run(pool);
	cr_expect(silent.result == DNS_FAILED && silent.times == 1);
	dns_pool_free(pool);
	dns_stop(&server);
}

static void start_another(void *context, const struct dns_answer *answer) {
	struct dns_pool **pool = context;
	static int left = 3;
	cr_expect(answer->result == DNS_FOUND);
	const struct dns_query query = { "two.example", DNS_A, start_another, pool };
	if (left-- > 0)
		dns_start(*pool, &query);
}

Test(dns, a_callback_may_start_another_and_a_pool_may_be_freed_in_between) {
	struct dns_server server = dns_serve(rows, sizeof rows / sizeof *rows);
	struct dns_pool *pool = dns_pool_new(server.servers);
	const struct dns_query query = { "two.example", DNS_A, start_another, &pool };
	dns_start(pool, &query);
	run(pool);
	dns_start(pool, &query);
	dns_pool_free(pool);
	dns_stop(&server);
}

Test(dns, servers_that_cannot_be_read_are_refused) {
	cr_expect(dns_pool_new("nonsense here") == NULL);
	struct dns_pool *pool = dns_pool_new("127.0.0.1:53,[::1]:5353");
	cr_expect(pool != NULL);
	dns_pool_free(pool);
}
