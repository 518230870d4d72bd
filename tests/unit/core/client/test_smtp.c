/* A pool of sessions and a server of our own, with each kind of trouble that a server can make. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/moment.h"
#include "core/client/smtp.h"
#include "unit/core/client/smtp_server.h"

enum { MAILS_MAX = 400 };

TestSuite(smtp, .fini = stop_server);

/* Short, but longer than a machine under load takes for what is expected to succeed. */
static const struct smtp_times hasty = { .connect = 5000,
	                                     .open = 5000,
	                                     .command = 1500,
	                                     .block = 5000,
	                                     .body = 5000,
	                                     .dot = 1500,
	                                     .quit = 1000,
	                                     .idle = 60000,
	                                     .age = 60000 };
static const struct smtp_limits few = { .sessions = 4, .mails = 100 };

static struct smtp_outcome outcomes[MAILS_MAX];
static int times_done[MAILS_MAX], begun[MAILS_MAX];
static int64_t took_ms[MAILS_MAX], started_ms;
static bool may_begin = true;
static char to[MAILS_MAX][60];

static void done(void *context, const struct smtp_outcome *outcome) {
	int number = (int)(intptr_t)context;
	outcomes[number] = *outcome;
	times_done[number]++;
	took_ms[number] = monotonic_ms() - started_ms;
}

static bool begin(void *context) {
	begun[(intptr_t)context]++;
	return may_begin;
}

static struct smtp_pool *open_pool(const struct smtp_times *times, const struct smtp_limits *limits) {
	static struct smtp_account account;
	account = (struct smtp_account){
		.host = "127.0.0.1", .user = "", .password = "", .hello = "console.example", .port = port
	};
	return smtp_pool_new(&account, times, limits);
}

static void post(struct smtp_pool *pool, int number, const char *name) {
	static const char text[] = "Subject: x\r\n\r\n.\r\n..\r\nx\r\n";
	(void)snprintf(to[number], sizeof to[number], "%s@partner.example", name);
	smtp_start(pool, &(struct smtp_mail){ .envelope = { "desk@console.example", to[number], text, sizeof text - 1 },
	                                      .begin = begin,
	                                      .done = done,
	                                      .context = (void *)(intptr_t)number });
}

static void run(struct smtp_pool *pool) {
	started_ms = monotonic_ms();
	while (smtp_in_flight(pool) > 0 && monotonic_ms() - started_ms < 30000)
		smtp_turn(pool, 1000);
	cr_expect_eq(smtp_in_flight(pool), 0);
	smtp_pool_free(pool);
}

static enum smtp_result one(struct manner manner, const char *name) {
	start_server(manner);
	struct smtp_pool *pool = open_pool(&hasty, &few);
	post(pool, 0, name);
	run(pool);
	cr_expect_eq(times_done[0], 1);
	return outcomes[0].result;
}

Test(smtp, hands_over) {
	cr_expect_eq(one((struct manner){ 0 }, "one"), SMTP_ACCEPTED, "%s", outcomes[0].reply.text);
	cr_expect_eq(begun[0], 1);
	cr_expect_eq(atomic_load(&seen->bodies), 1);
}

Test(smtp, says_what_was_said) {
	char words[SMTP_WORDS];
	cr_expect_eq(one((struct manner){ 0 }, "gone"), SMTP_REFUSED);
	cr_expect_str_eq(smtp_words(&outcomes[0], words), "550 5.1.1 nobody (at RCPT)");
	cr_expect_eq(begun[0], 0);
}

Test(smtp, closes_after_the_end) {
	cr_expect_eq(one((struct manner){ 0 }, "close"), SMTP_UNCERTAIN);
	cr_expect_eq(atomic_load(&seen->bodies), 1);
}

Test(smtp, is_silent_after_the_end) {
	cr_expect_eq(one((struct manner){ 0 }, "silent"), SMTP_UNCERTAIN);
	cr_expect_eq(atomic_load(&seen->bodies), 1);
}

Test(smtp, talks_rubbish_after_the_end) {
	cr_expect_eq(one((struct manner){ 0 }, "rubbish"), SMTP_UNCERTAIN);
	cr_expect_eq(atomic_load(&seen->bodies), 1);
}

Test(smtp, answers_a_byte_at_a_time) {
	cr_expect_eq(one((struct manner){ 0 }, "trickle"), SMTP_UNCERTAIN);
	cr_expect_lt(took_ms[0], 10000);
}

Test(smtp, answers_without_end) {
	cr_expect_eq(one((struct manner){ 0 }, "babble"), SMTP_UNCERTAIN);
}

Test(smtp, says_hello_without_end) {
	cr_expect_eq(one((struct manner){ .flood = true }, "one"), SMTP_NOT_SENT);
	cr_expect_eq(outcomes[0].stage, SMTP_AT_SESSION);
	cr_expect_lt(took_ms[0], 20000);
}

Test(smtp, does_not_read_the_body) {
	enum { SIZE = 9 * 1024 * 1024, LINE = 64 };
	static char text[SIZE];
	static const struct smtp_times times = { .connect = 5000,
		                                     .open = 5000,
		                                     .command = 5000,
		                                     .block = 500,
		                                     .body = 60000,
		                                     .dot = 5000,
		                                     .quit = 1000,
		                                     .idle = 60000,
		                                     .age = 60000 };
	memset(text, 'x', SIZE);
	for (size_t at = LINE; at <= SIZE; at += LINE)
		memcpy(text + at - 2, "\r\n", 2);
	start_server((struct manner){ 0 });
	struct smtp_pool *pool = open_pool(&times, &few);
	smtp_start(pool, &(struct smtp_mail){ .envelope = { "a@b.example", "stuck@d.example", text, SIZE }, .done = done });
	post(pool, 1, "one");
	run(pool);
	cr_expect_eq(outcomes[0].result, SMTP_NOT_SENT);
	cr_expect_eq(outcomes[0].stage, SMTP_AT_BODY);
	cr_expect_eq(outcomes[1].result, SMTP_ACCEPTED);
}

Test(smtp, closes_after_rcpt) {
	cr_expect_eq(one((struct manner){ 0 }, "leave"), SMTP_NOT_SENT);
	cr_expect_eq(outcomes[0].stage, SMTP_AT_RCPT);
	cr_expect_eq(atomic_load(&seen->mails), 1); /* a new session is not tried again at once */
}

Test(smtp, is_silent_at_rcpt) {
	cr_expect_eq(one((struct manner){ 0 }, "slow"), SMTP_NOT_SENT);
}

/* Old: it announces PIPELINING, but drops what came with MAIL: no mail ever got there. */
Test(smtp, announces_what_it_does_not_heed) {
	cr_expect_eq(one((struct manner){ .features = QUICK, .unheeding = true }, "one"), SMTP_ACCEPTED, "%s",
	             outcomes[0].reply.text);
	cr_expect(begun[0] == 1 && atomic_load(&seen->bodies) == 1 && atomic_load(&seen->sessions) == 2);
}

Test(smtp, is_not_handed_over_when_that_cannot_be_stored) {
	may_begin = false;
	cr_expect_eq(one((struct manner){ 0 }, "one"), SMTP_NOT_SENT);
	cr_expect_eq(atomic_load(&seen->bodies), 0);
}

Test(smtp, a_greeting_that_refuses) {
	cr_expect_eq(one((struct manner){ .greeting = "554 5.3.2 not today\r\n" }, "one"), SMTP_NOT_SENT);
	cr_expect_eq(outcomes[0].stage, SMTP_AT_SESSION);
	cr_expect_eq(outcomes[0].reply.code, 554);
	cr_expect(strstr(outcomes[0].reply.text, "not today"), "%s", outcomes[0].reply.text);
}

Test(smtp, no_greeting) {
	static const struct smtp_times times = {
		.connect = 500, .open = 500, .command = 1000, .dot = 1000, .idle = 1000, .age = 1000
	};
	start_server((struct manner){ .mute = true });
	struct smtp_pool *pool = open_pool(&times, &few);
	for (int i = 0; i < 20; i++)
		post(pool, i, "one");
	run(pool);
	for (int i = 0; i < 20; i++)
		cr_expect(times_done[i] == 1 && outcomes[i].result == SMTP_NOT_SENT && took_ms[i] < 5000, "%d", i);
}

Test(smtp, nobody_listens) {
	start_server((struct manner){ 0 });
	stop_server();
	struct smtp_pool *pool = open_pool(&hasty, &few);
	for (int i = 0; i < 20; i++)
		post(pool, i, "one");
	run(pool);
	for (int i = 0; i < 20; i++)
		cr_expect(times_done[i] == 1 && outcomes[i].result == SMTP_NOT_SENT && outcomes[i].stage == SMTP_AT_SESSION);
}

static enum smtp_result with_account(struct smtp_account account) {
	start_server((struct manner){ 0 });
	account.port = port;
	account.hello = "console.example";
	struct smtp_pool *pool = smtp_pool_new(&account, &hasty, &few);
	post(pool, 0, "one");
	run(pool);
	cr_expect_eq(atomic_load(&seen->mails), 0);
	return outcomes[0].result;
}

Test(smtp, without_tls_to_this_machine_only) {
	cr_expect_eq(with_account((struct smtp_account){ .host = "192.0.2.1", .user = "", .password = "" }), SMTP_NOT_SENT);
	cr_expect(strstr(outcomes[0].reply.text, "without TLS"), "%s", outcomes[0].reply.text);
	(void)with_account((struct smtp_account){ .host = "127.0.0.1.elsewhere.example", .user = "", .password = "" });
	cr_expect(strstr(outcomes[0].reply.text, "without TLS"), "%s", outcomes[0].reply.text);
}

Test(smtp, without_starttls_nothing_is_sent) {
	cr_expect_eq(with_account((struct smtp_account){ .host = "127.0.0.1", .user = "", .password = "", .tls = true }),
	             SMTP_NOT_SENT);
	cr_expect_eq(outcomes[0].stage, SMTP_AT_SESSION);
}

Test(smtp, without_auth_nothing_is_sent) {
	cr_expect_eq(with_account((struct smtp_account){ .host = "127.0.0.1", .user = "me", .password = "secret" }),
	             SMTP_NOT_SENT);
	cr_expect(strstr(outcomes[0].reply.text, "no sign-in"), "%s", outcomes[0].reply.text);
}

static struct smtp_pool *signs_in(const char *reply, int sessions) {
	static struct smtp_account account;
	start_server((struct manner){ .sign_in = reply, .ms = 100 });
	account = (struct smtp_account){
		.host = "127.0.0.1", .user = "me", .password = "secret", .hello = "console.example", .port = port
	};
	return smtp_pool_new(&account, &hasty, &(struct smtp_limits){ .sessions = sessions, .mails = 100 });
}

/* Old: each of eight sessions tried it, and each later mail again. */
Test(smtp, a_wrong_password_is_tried_once) {
	struct smtp_pool *pool = signs_in("535 5.7.8 no\r\n", 8);
	for (int i = 0; i < 12; i++)
		post(pool, i, "one");
	for (int64_t began = monotonic_ms(); smtp_in_flight(pool) > 0 && monotonic_ms() - began < 20000;)
		smtp_turn(pool, 1000);
	for (int i = 12; i < 20; i++)
		post(pool, i, "one");
	run(pool);
	for (int i = 0; i < 20; i++) {
		cr_expect(times_done[i] == 1 && outcomes[i].result == SMTP_NOT_SENT && !begun[i], "%d", i);
		cr_expect(strstr(outcomes[i].reply.text, "does not accept the user name and password: no") &&
		              outcomes[i].reply.code == 535,
		          "%s", outcomes[i].reply.text);
	}
	cr_expect_eq(atomic_load(&seen->sign_ins), 1);
}

/* Old: the words that everybody who signs in can read held the password. */
Test(smtp, a_server_that_quotes_the_password) {
	struct smtp_pool *pool = signs_in("535 no: AUTH PLAIN AG1lAHNlY3JldA== or c2VjcmV0, that is secret, secre\r\n", 1);
	post(pool, 0, "one");
	run(pool);
	cr_expect(strstr(outcomes[0].reply.text, "no: AUTH PLAIN *** or ***, that is ***, ***"), "%s",
	          outcomes[0].reply.text);
}

Test(smtp, a_right_password_opens_all_sessions) {
	struct smtp_pool *pool = signs_in("235 2.7.0 yes\r\n", 4);
	for (int i = 0; i < 20; i++)
		post(pool, i, "one");
	run(pool);
	for (int i = 0; i < 20; i++)
		cr_expect(times_done[i] == 1 && outcomes[i].result == SMTP_ACCEPTED, "%d: %s", i, outcomes[i].reply.text);
	cr_expect(atomic_load(&seen->sign_ins) > 1 && atomic_load(&seen->sign_ins) <= 4);
}

/* That may be different for the next session. */
Test(smtp, a_sign_in_that_cannot_be_checked_now_is_no_wrong_password) {
	struct smtp_pool *pool = signs_in("454 4.7.0 later\r\n", 4);
	post(pool, 0, "one");
	for (int64_t began = monotonic_ms(); smtp_in_flight(pool) > 0 && monotonic_ms() - began < 20000;)
		smtp_turn(pool, 1000);
	post(pool, 1, "one");
	run(pool);
	cr_expect(outcomes[0].result == SMTP_NOT_SENT && outcomes[1].result == SMTP_NOT_SENT);
	cr_expect_eq(atomic_load(&seen->sign_ins), 2);
}

Test(smtp, a_session_that_is_ended_is_not_the_mails_fault) {
	start_server((struct manner){ .mails_a_session = 3, .features = QUICK });
	struct smtp_pool *pool = open_pool(&hasty, &(struct smtp_limits){ .sessions = 2, .mails = 100 });
	for (int i = 0; i < 20; i++)
		post(pool, i, "one");
	run(pool);
	for (int i = 0; i < 20; i++)
		cr_expect(times_done[i] == 1 && outcomes[i].result == SMTP_ACCEPTED && begun[i] == 1, "%d: %s", i,
		          outcomes[i].reply.text);
	cr_expect_eq(atomic_load(&seen->bodies), 20);
}

/* As some do that say nothing before. */
Test(smtp, one_mail_a_session_costs_no_try) {
	start_server((struct manner){ .mails_a_session = 1 });
	struct smtp_pool *pool = open_pool(&hasty, &(struct smtp_limits){ .sessions = 8, .mails = 100 });
	for (int i = 0; i < 60; i++)
		post(pool, i, "one");
	run(pool);
	for (int i = 0; i < 60; i++)
		cr_expect(times_done[i] == 1 && outcomes[i].result == SMTP_ACCEPTED, "%d: %s", i, outcomes[i].reply.text);
	cr_expect_eq(atomic_load(&seen->bodies), 60);
	cr_expect_leq(atomic_load(&seen->mails), 60 + 16, "it learns after how many a session ends");
}

Test(smtp, a_session_carries_so_many_mails) {
	start_server((struct manner){ 0 });
	struct smtp_pool *pool = open_pool(&hasty, &(struct smtp_limits){ .sessions = 1, .mails = 4 });
	for (int i = 0; i < 10; i++)
		post(pool, i, "one");
	run(pool);
	cr_expect_eq(atomic_load(&seen->sessions), 3);
	cr_expect_eq(atomic_load(&seen->bodies), 10);
	cr_expect_geq(atomic_load(&seen->quits), 2);
}

Test(smtp, fewer_sessions_than_wanted_are_enough) {
	start_server((struct manner){ .sessions_at_once = 1 });
	struct smtp_pool *pool = open_pool(&hasty, &few);
	for (int i = 0; i < 30; i++)
		post(pool, i, "one");
	run(pool);
	for (int i = 0; i < 30; i++)
		cr_expect(times_done[i] == 1 && outcomes[i].result == SMTP_ACCEPTED, "%d: %s", i, outcomes[i].reply.text);
}

/* libcurl's own transfer would let all wait for each. */
Test(smtp, slow_ones_hold_up_nobody) {
	start_server((struct manner){ .ms = 200 });
	struct smtp_pool *pool = open_pool(&hasty, &(struct smtp_limits){ .sessions = 16, .mails = 100 });
	for (int i = 0; i < 64; i++)
		post(pool, i, "one");
	run(pool);
	for (int i = 0; i < 64; i++)
		cr_expect(times_done[i] == 1 && outcomes[i].result == SMTP_ACCEPTED && took_ms[i] < 6000, "%d", i);
}

Test(smtp, a_silent_one_beside_quick_ones) {
	start_server((struct manner){ 0 });
	struct smtp_pool *pool = open_pool(&hasty, &few);
	post(pool, 0, "silent");
	for (int i = 1; i < 50; i++)
		post(pool, i, "one");
	run(pool);
	cr_expect_eq(outcomes[0].result, SMTP_UNCERTAIN);
	for (int i = 1; i < 50; i++)
		cr_expect(outcomes[i].result == SMTP_ACCEPTED && took_ms[i] < took_ms[0], "%d", i);
}

Test(smtp, tells_for_how_long_it_has_been_silent) {
	start_server((struct manner){ 0 });
	struct smtp_pool *pool = open_pool(&hasty, &few);
	cr_expect_eq(smtp_silent_ms(pool), 0);
	post(pool, 0, "silent");
	started_ms = monotonic_ms();
	int64_t most = 0;
	while (smtp_in_flight(pool) > 0 && monotonic_ms() - started_ms < 10000) {
		smtp_turn(pool, 100);
		most = smtp_silent_ms(pool) > most ? smtp_silent_ms(pool) : most;
	}
	cr_expect(most >= 1000 && most <= 1600, "%lld", (long long)most);
	cr_expect_eq(smtp_silent_ms(pool), 0, "nothing is on its way");
	smtp_pool_free(pool);
}

static void granted(void *context) {
	(void)context; /* the test decides */
}

Test(smtp, tells_how_long_mails_take_the_server_but_not_how_long_they_wait_for_us) {
	start_server((struct manner){ 0 });
	struct smtp_pool *pool = open_pool(&hasty, &few);
	post(pool, 0, "silent");
	started_ms = monotonic_ms();
	while (smtp_in_flight(pool) > 0 && monotonic_ms() - started_ms < 10000)
		smtp_turn(pool, 100);
	int64_t slow = smtp_took_ms(pool);
	cr_expect(slow >= 250 && slow <= 400, "a quarter of its second: %lld", (long long)slow);
	smtp_start(pool, &(struct smtp_mail){ .envelope = { "desk@console.example", "one@partner.example", "x\r\n", 3 },
	                                      .granted = granted,
	                                      .done = done,
	                                      .context = (void *)(intptr_t)1 });
	started_ms = monotonic_ms();
	while (smtp_in_flight(pool) > 0 && monotonic_ms() - started_ms < 10000) {
		smtp_turn(pool, 50);
		if (monotonic_ms() - started_ms > 600)
			(void)smtp_allow(pool, (void *)(intptr_t)1);
	}
	cr_expect_eq(outcomes[1].result, SMTP_ACCEPTED);
	cr_expect(smtp_took_ms(pool) <= slow * 3 / 4 + 50, "%lld", (long long)smtp_took_ms(pool));
	smtp_pool_free(pool);
}

Test(smtp, each_manner_at_once_and_nothing_twice) {
	static const char *const names[] = { "one", "close", "gone", "rubbish", "leave", "two", "three" };
	static const enum smtp_result results[] = { SMTP_ACCEPTED, SMTP_UNCERTAIN, SMTP_REFUSED, SMTP_UNCERTAIN,
		                                        SMTP_NOT_SENT, SMTP_ACCEPTED,  SMTP_ACCEPTED };
	start_server((struct manner){ .mails_a_session = 7 });
	struct smtp_pool *pool = open_pool(&hasty, &(struct smtp_limits){ .sessions = 8, .mails = 5 });
	int bodies = 0;
	for (int i = 0; i < MAILS_MAX; i++)
		post(pool, i, names[i % 7]);
	run(pool);
	for (int i = 0; i < MAILS_MAX; i++) {
		cr_expect(times_done[i] == 1 && begun[i] <= 1, "%d", i);
		cr_expect_eq(outcomes[i].result, results[i % 7], "%d (%s): %s", i, names[i % 7], outcomes[i].reply.text);
		bodies += results[i % 7] == SMTP_ACCEPTED || results[i % 7] == SMTP_UNCERTAIN;
	}
	cr_expect_eq(atomic_load(&seen->bodies), bodies);
}

Test(smtp, idle_sessions_say_goodbye) {
	static const struct smtp_times times = { .connect = 5000,
		                                     .open = 5000,
		                                     .command = 5000,
		                                     .dot = 5000,
		                                     .block = 5000,
		                                     .body = 5000,
		                                     .quit = 1000,
		                                     .idle = 100,
		                                     .age = 60000 };
	start_server((struct manner){ 0 });
	struct smtp_pool *pool = open_pool(&times, &few);
	post(pool, 0, "one");
	for (int64_t began = monotonic_ms(); atomic_load(&seen->quits) == 0 && monotonic_ms() - began < 10000;)
		smtp_turn(pool, 100);
	cr_expect_eq(atomic_load(&seen->quits), 1);
	post(pool, 1, "one");
	run(pool);
	cr_expect_eq(outcomes[1].result, SMTP_ACCEPTED);
	cr_expect_eq(atomic_load(&seen->sessions), 2);
}

/* What came while this process was elsewhere for longer than it would have waited is still read. */
Test(smtp, a_late_turn_reads_before_it_judges) {
	static const struct smtp_times times = { .connect = 5000,
		                                     .open = 5000,
		                                     .command = 200,
		                                     .dot = 200,
		                                     .block = 5000,
		                                     .body = 5000,
		                                     .quit = 1000,
		                                     .idle = 60000,
		                                     .age = 60000 };
	start_server((struct manner){ 0 });
	struct smtp_pool *pool = open_pool(&times, &few);
	post(pool, 0, "one");
	while (smtp_in_flight(pool) > 0) {
		smtp_turn(pool, 20);
		(void)usleep(atomic_load(&seen->mails) > 0 ? 300000 : 0);
	}
	cr_expect_eq(outcomes[0].result, SMTP_ACCEPTED, "%s", outcomes[0].reply.text);
	smtp_pool_free(pool);
}
