/* What becomes of a recipient. */
#include "reports/recipient.h"

#include <criterion/criterion.h>

#include "unit/support.h"

static struct recipient judged(enum smtp_result result, int64_t tries, struct arena *arena) {
	struct recipient recipient = { .state = RECIPIENT_BEGUN, .tries = tries };
	struct smtp_outcome outcome = smtp_outcome_of(result, SMTP_AT_DOT, "because");
	recipient_judge(&recipient, &outcome, at("2026-11-21T10:00:00Z"), arena);
	return recipient;
}

Test(recipient, each_outcome_has_its_state) {
	static const struct {
		enum smtp_result result;
		int64_t tries;
		enum recipient_state state;
	} rows[] = {
		{ SMTP_ACCEPTED, 1, RECIPIENT_SENT },
		{ SMTP_REFUSED, 1, RECIPIENT_REFUSED },
		{ SMTP_DEFERRED, 1, RECIPIENT_DEFERRED },
		{ SMTP_DEFERRED, RECIPIENT_TRIES - 1, RECIPIENT_DEFERRED },
		{ SMTP_DEFERRED, RECIPIENT_TRIES, RECIPIENT_REFUSED },
		{ SMTP_NOT_SENT, 1, RECIPIENT_DEFERRED },
		{ SMTP_NOT_SENT, RECIPIENT_TRIES, RECIPIENT_REFUSED },
		{ SMTP_UNCERTAIN, 1, RECIPIENT_UNCERTAIN },
		{ SMTP_UNCERTAIN, RECIPIENT_TRIES, RECIPIENT_UNCERTAIN },
	};
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct recipient recipient = judged(rows[i].result, rows[i].tries, arena);
		cr_expect_eq(recipient.state, rows[i].state, "row %zu", i);
		cr_expect_eq(moment_is_set(recipient.next_try_at), recipient.state == RECIPIENT_DEFERRED, "row %zu", i);
		cr_expect_eq(recipient.problem == NULL, recipient.state == RECIPIENT_SENT, "row %zu", i);
	}
}

Test(recipient, gets_one_mail_however_the_address_is_written) {
	static const char *const typed[] = { "a@x.example",          "A@X.example",
		                                 "info@müller.example",  "INFO@XN--MLLER-KVA.example",
		                                 "info@MÜLLER.example",  "a@y.example",
		                                 "info@mueller.example", "a@x.Example" };
	static const char *const kept[] = { "a@x.example", "info@müller.example", "a@y.example", "info@mueller.example" };
	ARENA_AUTO arena = arena_new();
	struct strings all = { (const char **)(uintptr_t)typed, sizeof typed / sizeof *typed };
	struct strings distinct = recipient_distinct(&all, arena);
	cr_assert_eq(distinct.count, 4, "%d", distinct.count);
	for (int i = 0; i < distinct.count; i++)
		cr_expect_str_eq(distinct.items[i], kept[i]);
}

Test(recipient, waits_double_up_to_half_an_hour) {
	ARENA_AUTO arena = arena_new();
	int64_t before = 0, all = 0;
	for (int64_t tries = 1; tries < RECIPIENT_TRIES; tries++) {
		struct recipient recipient = judged(SMTP_DEFERRED, tries, arena);
		int64_t wait = recipient.next_try_at.ms - at("2026-11-21T10:00:00Z").ms;
		cr_expect(wait == RECIPIENT_WAIT_MAX_MS || wait == (before ? 2 * before : RECIPIENT_WAIT_MS), "%lld",
		          (long long)wait);
		all += wait;
		before = wait;
	}
	cr_expect(all > 2 * HOUR_MS && all < 3 * HOUR_MS);
}

Test(recipient, is_due_when_its_time_has_come) {
	ARENA_AUTO arena = arena_new();
	struct recipient recipient = judged(SMTP_DEFERRED, 1, arena), open = { .state = RECIPIENT_OPEN };
	cr_expect(recipient_is_due(&open, at("2026-11-21T10:00:00Z")));
	cr_expect_not(recipient_is_due(&recipient, at("2026-11-21T10:00:09Z")));
	cr_expect(recipient_is_due(&recipient, at("2026-11-21T10:00:10Z")));
	cr_expect(recipient_is_due(&recipient, at("2026-11-21T08:00:00Z")), "after the clock was set back");
	for (enum recipient_state state = RECIPIENT_BEGUN; state < RECIPIENT_DEFERRED; state++) {
		recipient.state = state;
		cr_expect_not(recipient_is_due(&recipient, at("2026-11-22T10:00:00Z")));
		cr_expect_eq(recipient_wait(&recipient, at("2026-11-22T10:00:00Z")), -1);
	}
}

Test(recipient, who_was_begun_by_a_lost_worker_is_uncertain) {
	struct recipient begun = { .state = RECIPIENT_BEGUN }, open = { .state = RECIPIENT_OPEN };
	recipient_lose(&begun);
	recipient_lose(&open);
	cr_expect(begun.state == RECIPIENT_UNCERTAIN && begun.problem);
	cr_expect_eq(open.state, RECIPIENT_OPEN);
}
