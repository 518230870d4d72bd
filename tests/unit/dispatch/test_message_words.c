/* What became of a message, in words. */
#include <criterion/criterion.h>
#include <string.h>

#include "dispatch/message_words.h"
#include "dispatch/stop.h"
#include "sending/refusal.h"

static struct sent_message in(enum message_state state, int64_t reason, const char *words) {
	return (struct sent_message){ .status = state, .reason = reason, .words = words };
}

Test(message_words, each_state_has_a_word_that_leads_back_to_it) {
	for (unsigned i = 0; i < MESSAGE_STATE_COUNT; i++) {
		cr_expect(message_states_of_word(message_status_word((enum message_state)i)) & 1U << i);
		cr_expect(message_states_of_word(message_states.names[i]) & 1U << i);
		cr_expect_not_null(message_state_labels[i]);
	}
	cr_expect_eq(message_states_of_word("failed"), 1U << MESSAGE_FAILED | 1U << MESSAGE_UNCERTAIN);
	cr_expect_eq(message_states_of_word("uncertain"), 1U << MESSAGE_UNCERTAIN);
	cr_expect_eq(message_states_of_word("opened"), 0);
}

Test(message_words, what_nobody_knows_is_said) {
	ARENA_AUTO arena = arena_new();
	const struct sent_message uncertain = in(MESSAGE_UNCERTAIN, COUNT_NONE, NULL);
	cr_expect_str_eq(message_failure_code(&uncertain), "handoff_unknown");
	cr_expect(strstr(message_error(&uncertain, arena), "may have arrived"));
}

Test(message_words, a_refusal_has_our_words_and_the_servers) {
	ARENA_AUTO arena = arena_new();
	const struct sent_message refused = in(MESSAGE_FAILED, REFUSAL_NO_MAILBOX, "550 5.1.1 who?");
	const struct sent_message silent = in(MESSAGE_FAILED, REFUSAL_NO_MAILBOX, NULL), odd = in(MESSAGE_FAILED, 99, NULL);
	cr_expect_str_eq(message_error(&refused, arena), "No such mailbox: 550 5.1.1 who?");
	cr_expect_str_eq(message_error(&silent, arena), "No such mailbox");
	cr_expect_str_eq(message_failure_code(&odd), "other");
	cr_expect_null(message_error(&(struct sent_message){ .status = MESSAGE_ACCEPTED }, arena));
}

Test(message_words, why_it_was_not_sent) {
	ARENA_AUTO arena = arena_new();
	const struct sent_message gone = in(MESSAGE_SUPPRESSED, STOP_GONE, NULL);
	const struct sent_message fewer = in(MESSAGE_SUPPRESSED, STOP_FEWER, NULL);
	const struct sent_message left = in(MESSAGE_SUPPRESSED, MAILABLE_UNSUBSCRIBED, NULL);
	cr_expect_str_eq(message_failure_code(&gone), "gone");
	cr_expect_str_eq(message_failure_code(&left), "unsubscribed");
	cr_expect_str_eq(message_failure_code(&fewer), "fewer_emails");
	cr_expect_str_eq(message_error(&fewer, arena), mailable_labels[MAILABLE_FEWER]);
	cr_expect_str_eq(message_error(&left, arena), mailable_labels[MAILABLE_UNSUBSCRIBED]);
}

/* They are stored in journals. */
Test(message_words, the_numbers_of_stops_never_change) {
	static const int numbers[MAILABLE_COUNT] = {
		[MAILABLE_NO_ADDRESS] = 1, [MAILABLE_INACTIVE] = 2, [MAILABLE_SUPPRESSED] = 3, [MAILABLE_UNSUBSCRIBED] = 4,
		[MAILABLE_PENDING] = 5,    [MAILABLE_UNPROVEN] = 6, [MAILABLE_BAD_DOMAIN] = 7, [MAILABLE_FEWER] = 9,
	};
	cr_expect_eq(STOP_GONE, 8);
	for (int verdict = MAILABLE; verdict < MAILABLE_COUNT; verdict++) {
		cr_expect_eq(stop_of((enum mailable)verdict), numbers[verdict]);
		cr_expect_eq((int)verdict_of_stop(numbers[verdict]), verdict);
	}
	cr_expect_eq(verdict_of_stop(STOP_GONE), MAILABLE);
	cr_expect_eq(verdict_of_stop(10), MAILABLE);
	cr_expect_eq(verdict_of_stop(-1), MAILABLE);
}
