/* A mail server that stops answering in the middle of mails. */
#include <criterion/criterion.h>

#include "sending/holder.h"
#include "sending/silence.h"

enum { SESSIONS = 8 };

static enum silence_word note(struct silence *silence, enum smtp_result result, enum smtp_stage stage, bool is_first,
                              int64_t at_ms) {
	const struct smtp_outcome outcome = { .result = result, .stage = stage };
	return silence_note(silence, &outcome, is_first, SESSIONS, at_ms);
}

Test(silence, of_more_messages_than_there_are_sessions_is_the_servers) {
	struct silence silence = { 0 };
	for (int i = 0; i < SESSIONS; i++)
		cr_expect_eq(note(&silence, SMTP_NOT_SENT, i % 2 ? SMTP_AT_RCPT : SMTP_AT_BODY, true, 30000), SILENCE_NONE,
		             "all sessions may end at once");
	cr_expect_eq(note(&silence, SMTP_NOT_SENT, SMTP_AT_DATA, true, 60000), SILENCE_REST);
	cr_expect_eq(note(&silence, SMTP_NOT_SENT, SMTP_AT_DATA, true, 60 * SILENCE_MS), SILENCE_REST, "until it answers");
	cr_expect_eq(note(&silence, SMTP_REFUSED, SMTP_AT_RCPT, true, 60 * SILENCE_MS), SILENCE_NONE, "it does");
	cr_expect_eq(note(&silence, SMTP_NOT_SENT, SMTP_AT_RCPT, true, 60 * SILENCE_MS), SILENCE_NONE);
}

Test(silence, at_one_message_is_not_the_servers) {
	struct silence silence = { 0 };
	for (int turn = 0; turn < 100; turn++)
		for (int i = 0; i < HOLDER_BROKEN; i++)
			cr_expect_eq(silence_note(&silence, &(struct smtp_outcome){ SMTP_NOT_SENT, SMTP_AT_RCPT }, i == 0, 1,
			                          turn * 6 * MINUTE_MS),
			             SILENCE_NONE);
}

Test(silence, before_a_mail_begins_is_told_otherwise) {
	struct silence silence = { 0 };
	for (int i = 0; i < 100; i++)
		cr_expect_eq(note(&silence, SMTP_NOT_SENT, SMTP_AT_SESSION, true, 0), SILENCE_NONE);
}

Test(silence, after_the_end_of_message_after_message_holds_the_campaign) {
	struct silence silence = { 0 };
	for (int i = 1; i < 2 * SESSIONS; i++)
		cr_expect_eq(note(&silence, SMTP_UNCERTAIN, SMTP_AT_DOT, true, 0), SILENCE_NONE, "%d", i);
	cr_expect_eq(note(&silence, SMTP_UNCERTAIN, SMTP_AT_DOT, true, 0), SILENCE_HOLD);
	cr_expect_eq(note(&silence, SMTP_UNCERTAIN, SMTP_AT_DOT, true, 0), SILENCE_NONE, "whoever resumes it may try");
	(void)note(&silence, SMTP_ACCEPTED, SMTP_AT_DOT, true, 0);
	cr_expect_eq(silence.unknown, 0);
}

Test(silence, has_a_message_wait_at_once) {
	static struct holder holder;
	static const struct retry_policy policy = { 3, RETRY_UNTIL_MS, 60 };
	const struct moment now = { 1760000000000 };
	const struct smtp_outcome broken = { SMTP_NOT_SENT, SMTP_AT_RCPT };
	struct refusal refusal;
	fold_begin(&holder.fold, 1);
	holder_begin(&holder,
	             &(struct holder_settings){ .size = 1, .open_max = 1, .fence = 1, .group_count = 1, .retry = &policy },
	             0);
	cr_expect(holder_never_broke(&holder, 0));
	holder_expect_break(&holder, 0);
	holder.flights[0] = FLIGHT_STARTED;
	holder.open = 1;
	holder_ended(&holder, 0, &broken, 1000, now, &refusal);
	cr_expect(holder.has_outcome[0] && holder.outcomes[0].event == MESSAGE_DEFER && !holder_never_broke(&holder, 0));
}
