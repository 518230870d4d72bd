/* A message at which the server ends every session. */
#include <criterion/criterion.h>

#include "sending/holder.h"

static const struct moment now = { 1760000000000 };

static struct holder *one(void) {
	static struct holder holder;
	static const struct retry_policy policy = { 3, RETRY_UNTIL_MS, 60 };
	const struct holder_settings settings = {
		.size = 1, .open_max = 1, .fence = 1, .group_count = 1, .retry = &policy
	};
	fold_begin(&holder.fold, 1);
	holder_begin(&holder, &settings, 0);
	return &holder;
}

/* It is begun, and ends so. */
static void end_at(struct holder *holder, enum smtp_stage stage) {
	const struct smtp_outcome outcome = smtp_outcome_of(SMTP_NOT_SENT, stage, "the server ended the session");
	struct refusal refusal;
	holder->flights[0] = FLIGHT_STARTED;
	holder->open = 1;
	holder_ended(holder, 0, &outcome, 1000, now, &refusal);
	cr_expect_eq(refusal.class, REFUSAL_NONE, "no destination is to blame");
}

Test(broken, waits_like_one_that_was_deferred) {
	struct holder *holder = one();
	for (int i = 1; i < HOLDER_BROKEN; i++) {
		end_at(holder, i % 2 ? SMTP_AT_RCPT : SMTP_AT_DATA);
		cr_assert_not(holder->has_outcome[0], "it may have been chance");
	}
	end_at(holder, SMTP_AT_RCPT);
	cr_assert(holder->has_outcome[0]);
	cr_expect_eq(holder->outcomes[0].event, MESSAGE_DEFER);
	cr_expect_not(holder->outcomes[0].burns);
	cr_expect_geq(holder->outcomes[0].wait_ms, 4 * MINUTE_MS);
}

Test(broken, is_no_message_of_a_session_that_never_began) {
	struct holder *holder = one();
	for (int i = 0; i < 100; i++)
		end_at(holder, SMTP_AT_SESSION);
	cr_expect_not(holder->has_outcome[0]);
}

/* old: the same session was opened and spoilt again and again, without a pause, for ever. */
Test(broken, is_the_server_if_it_ends_each_session_at_MAIL) {
	struct holder *holder = one();
	const struct smtp_outcome ended = smtp_outcome_of(SMTP_NOT_SENT, SMTP_AT_MAIL, "the server ended the session");
	for (int i = 0; i < 100; i++)
		end_at(holder, SMTP_AT_MAIL);
	cr_expect_not(holder->has_outcome[0]);
	cr_expect(holder_is_of_server(holder, &ended));
	struct smtp_outcome unsigned_in = ended;
	unsigned_in.reply.code = 530;
	holder->fold.counts[MESSAGE_ACCEPTED] = 1;
	cr_expect(holder_is_of_server(holder, &unsigned_in));
	cr_expect_not(holder_is_of_server(holder, &ended), "others were taken");
	for (int i = 0; i < HOLDER_BROKEN; i++)
		end_at(holder, SMTP_AT_MAIL);
	cr_expect(holder->has_outcome[0] && holder->outcomes[0].event == MESSAGE_DEFER);
}

Test(broken, is_as_before_while_the_server_takes_nobody) {
	struct holder *holder = one();
	const struct smtp_outcome busy = { SMTP_DEFERRED, SMTP_AT_MAIL, .reply = { .code = 452, .enhanced = "4.3.1" } };
	struct refusal refusal;
	holder->flights[0] = FLIGHT_STARTED;
	holder->open = 1;
	holder_ended(holder, 0, &busy, 1000, now, &refusal);
	cr_expect(refusal.class == REFUSAL_ACCOUNT && !holder->has_outcome[0]);
	holder->fold.counts[MESSAGE_ACCEPTED] = 1;
	holder->flights[0] = FLIGHT_STARTED;
	holder->open = 1;
	holder_ended(holder, 0, &busy, 1000, now, &refusal);
	cr_expect(holder->has_outcome[0] && holder->outcomes[0].event == MESSAGE_DEFER && !holder->outcomes[0].burns);
}

Test(broken, is_no_server_that_refuses_in_words) {
	const struct smtp_outcome refused = smtp_outcome_of(SMTP_REFUSED, SMTP_AT_MAIL, "no");
	cr_expect_not(holder_is_of_server(one(), &refused));
	cr_expect_not(holder_is_of_server(one(), &(struct smtp_outcome){ SMTP_NOT_SENT, SMTP_AT_RCPT }));
}

/* Three days after it was first deferred it is over, as with any other. */
Test(broken, ends) {
	struct holder *holder = one();
	holder->fold.messages[0].state = MESSAGE_DEFERRED;
	holder->fold.messages[0].first_deferred_at = moment_add(now, -RETRY_UNTIL_MS);
	for (int i = 0; i < HOLDER_BROKEN; i++)
		end_at(holder, SMTP_AT_RCPT);
	cr_expect(holder->has_outcome[0] && holder->outcomes[0].event == MESSAGE_FAIL);
}
