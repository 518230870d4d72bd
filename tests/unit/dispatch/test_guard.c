/* When a campaign pauses by itself. */
#include <criterion/criterion.h>

#include "dispatch/block.h"
#include "dispatch/guard.h"
#include "dispatch/scheduler.h"
#include "sending/refusal.h"

Test(guard, waits_for_enough_answers_and_for_one_in_twenty) {
	cr_expect_not(guard_holds(0, 0));
	cr_expect_not(guard_holds(199, 199));
	cr_expect_not(guard_holds(200, 9));
	cr_expect(guard_holds(200, 10));
	cr_expect_not(guard_holds(1000, 49));
	cr_expect(guard_holds(1000, 50));
}

/* More of them never make it go on, more that are accepted never make it pause. */
Test(guard, is_monotonous) {
	for (int64_t answered = 0; answered < 1000; answered += 7)
		for (int64_t hard = 0; hard <= answered; hard += 3) {
			cr_expect(!guard_holds(answered, hard) || guard_holds(answered + 1, hard + 1), "%d of %d", (int)hard,
			          (int)answered);
			cr_expect(answered < GUARD_HANDED_MIN || guard_holds(answered, hard) || !guard_holds(answered + 1, hard));
		}
}

static void say(struct block_fold *fold, int index, enum message_event event, enum refusal_class reason) {
	static struct journal_append append;
	append = (struct journal_append){ .sequence = fold->sequence + 1, .fence = 1, .kind = APPEND_ENTRIES, .count = 1 };
	append.entries[0] = (struct message_entry){ .index = index, .event = event, .reason = (int)reason };
	cr_assert(fold_add(fold, &append));
}

Test(guard, counts_addresses_that_nobody_has_and_no_other_failures) {
	static struct block_fold fold;
	struct block_state state = { 0 };
	fold_begin(&fold, 3);
	for (int i = 0; i < 3; i++)
		say(&fold, i, MESSAGE_HAND, REFUSAL_NONE);
	say(&fold, 0, MESSAGE_FAIL, REFUSAL_NO_MAILBOX);
	say(&fold, 1, MESSAGE_FAIL, REFUSAL_SPAM);
	say(&fold, 2, MESSAGE_ACCEPT, REFUSAL_NONE);
	block_state_count(&state, &fold);
	cr_expect_eq(state.failed, 2);
	cr_expect_eq(state.hard, 1);
}

Test(scheduler, an_hour_late_is_missed) {
	cr_expect_not(scheduler_is_late((struct moment){ 0 }, (struct moment){ HOUR_MS }));
	cr_expect(scheduler_is_late((struct moment){ 0 }, (struct moment){ HOUR_MS + 1 }));
	cr_expect_not(scheduler_is_late((struct moment){ HOUR_MS }, (struct moment){ 0 }));
}
