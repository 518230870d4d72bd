/* The states of one message, and the fold of a journal. */
#include <criterion/criterion.h>

#include "sending/journal.h"

static const struct moment noon = { 43200000 };

static struct message_entry entry(int index, enum message_event event) {
	return (struct message_entry){ .index = index, .event = event, .at = noon };
}

Test(message, leaves_a_settled_state_only_by_proof_or_because_somebody_asked) {
	for (int state = 0; state < MESSAGE_STATE_COUNT; state++)
		for (int event = 0; event < MESSAGE_EVENT_COUNT; event++) {
			enum message_state next = (enum message_state)state;
			bool happens = message_next((enum message_state)state, (enum message_event)event, &next);
			if (!happens)
				cr_expect_eq((int)next, state);
			if (happens && message_is_settled((enum message_state)state))
				cr_expect(event == MESSAGE_AGAIN || state == MESSAGE_UNCERTAIN, "%d %d", state, event);
			if (happens && state == MESSAGE_HANDING)
				cr_expect_neq((int)next, MESSAGE_HANDING);
			if (happens && next == MESSAGE_ACCEPTED)
				cr_expect(state == MESSAGE_HANDING || state == MESSAGE_UNCERTAIN,
				          "only what was handed over is accepted");
			if (happens && (next == MESSAGE_SUPPRESSED || next == MESSAGE_CANCELLED))
				cr_expect(state == MESSAGE_PENDING || state == MESSAGE_DEFERRED,
				          "what was handed over is not taken back");
		}
}

Test(message, counts_attempts_and_deferrals_apart) {
	struct sending_message message = MESSAGE_NEW;
	struct message_entry slow = entry(0, MESSAGE_DEFER), busy = slow;
	slow.wait_ms = 5 * MINUTE_MS;
	busy.burns = true;
	busy.at = moment_add(noon, HOUR_MS);
	cr_expect(message_apply(&message, &slow) && message_apply(&message, &busy));
	cr_expect_eq(message.attempts, 1);
	cr_expect_eq(message.deferrals, 2);
	cr_expect_eq(message.first_deferred_at.ms, noon.ms);
	cr_expect_eq(message.due_at.ms, noon.ms + HOUR_MS);
}

Test(message, waits_as_long_as_it_was_told_to_though_the_clock_is_set_back) {
	struct sending_message message = MESSAGE_NEW;
	struct message_entry slow = entry(0, MESSAGE_DEFER);
	slow.wait_ms = 5 * MINUTE_MS;
	cr_expect(message_is_due(&message, noon));
	cr_expect(message_apply(&message, &slow));
	cr_expect_not(message_is_due(&message, moment_add(noon, 5 * MINUTE_MS - 1)));
	cr_expect(message_is_due(&message, moment_add(noon, 5 * MINUTE_MS)));
	cr_expect(message_is_due(&message, moment_add(noon, -DAY_MS)), "not for a day and five minutes");
}

static struct journal_append next_append(const struct block_fold *fold, enum append_kind kind) {
	return (struct journal_append){ .sequence = fold->sequence + 1, .kind = kind };
}

Test(journal, a_claim_makes_uncertain_what_was_being_handed_over) {
	static struct block_fold fold;
	fold_begin(&fold, 3);
	struct journal_append append = next_append(&fold, APPEND_ENTRIES);
	append.entries[append.count++] = entry(0, MESSAGE_HAND);
	append.entries[append.count++] = entry(1, MESSAGE_HAND);
	cr_expect(fold_add(&fold, &append));
	append = next_append(&fold, APPEND_ENTRIES);
	append.entries[append.count++] = entry(0, MESSAGE_ACCEPT);
	cr_expect(fold_add(&fold, &append));
	append = next_append(&fold, APPEND_CLAIM);
	cr_expect(fold_add(&fold, &append));
	cr_expect_eq(fold.messages[0].state, MESSAGE_ACCEPTED);
	cr_expect_eq(fold.messages[1].state, MESSAGE_UNCERTAIN);
	cr_expect_eq(fold.messages[2].state, MESSAGE_PENDING);
	cr_expect_eq(fold.counts[MESSAGE_UNCERTAIN], 1);
	cr_expect_eq(fold.refused, 0);
}

Test(journal, takes_the_next_append_only) {
	static struct block_fold fold;
	fold_begin(&fold, 1);
	struct journal_append append = { .sequence = 2 };
	cr_expect_not(fold_add(&fold, &append));
	append.sequence = 1;
	append.entries[append.count++] = entry(1, MESSAGE_HAND);
	append.entries[append.count++] = entry(0, MESSAGE_ACCEPT);
	cr_expect(fold_add(&fold, &append));
	cr_expect_not(fold_add(&fold, &append));
	cr_expect_eq(fold.refused, 2, "no such message, and what was never handed over");
	cr_expect_eq(fold.counts[MESSAGE_PENDING], 1);
}

Test(journal, tells_when_the_next_message_is_due) {
	static struct block_fold fold;
	fold_begin(&fold, 2);
	cr_expect_eq(fold_wait_ms(&fold, noon), 0);
	struct journal_append append = next_append(&fold, APPEND_ENTRIES);
	for (int i = 0; i < 2; i++) {
		append.entries[append.count] = entry(i, MESSAGE_DEFER);
		append.entries[append.count++].wait_ms = (2 - i) * MINUTE_MS;
	}
	cr_expect(fold_add(&fold, &append));
	cr_expect_eq(fold_wait_ms(&fold, noon), MINUTE_MS);
	cr_expect_eq(fold_wait_ms(&fold, moment_add(noon, MINUTE_MS)), 0);
	append = next_append(&fold, APPEND_ENTRIES);
	append.entries[append.count++] = entry(0, MESSAGE_CANCEL);
	append.entries[append.count++] = entry(1, MESSAGE_SUPPRESS);
	cr_expect(fold_add(&fold, &append) && fold_is_settled(&fold));
	cr_expect_eq(fold_wait_ms(&fold, noon), -1);
}
