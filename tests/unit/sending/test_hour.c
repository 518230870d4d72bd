/* A block whose hour has not come. */
#include <criterion/criterion.h>

#include "sending/holder.h"

static const struct moment now = { 1760000000000 };
static struct holder holder;

/* Its journal stands, and what decides is read. */
static void take(struct moment starts_at, enum holder_word word) {
	static const struct retry_policy policy = { 3, RETRY_UNTIL_MS, 60 };
	static const unsigned char stops[1];
	fold_begin(&holder.fold, 1);
	holder_begin(&holder,
	             &(struct holder_settings){
					 .size = 1, .open_max = 1, .fence = 1, .group_count = 1, .retry = &policy, .starts_at = starts_at },
	             0);
	cr_assert_eq(holder_next(&holder, 0, now).kind, HOLDER_APPEND);
	holder_stored(&holder, STORED_YES, 0);
	cr_assert_eq(holder_next(&holder, 0, now).kind, HOLDER_READ);
	holder_read(&holder, word, stops, 0);
}

Test(hour, is_waited_for) {
	take(moment_add(now, 5 * HOUR_MS), WORD_GO);
	cr_assert_eq(holder_next(&holder, 0, now).kind, HOLDER_LEAVE);
	cr_expect(holder.left == LEFT_WAITING && holder.left_wait_ms == 5 * HOUR_MS);
}

Test(hour, that_comes_soon_is_waited_for_with_the_block) {
	take(moment_add(now, 2 * SECOND_MS), WORD_GO);
	const struct holder_task task = holder_next(&holder, 0, now);
	cr_expect(task.kind == HOLDER_WAIT && task.wait_ms == 2 * SECOND_MS);
	cr_expect_eq(holder_next(&holder, 400, moment_add(now, 2 * SECOND_MS)).kind, HOLDER_TAKE);
}

Test(hour, that_has_come_is_no_reason_to_wait) {
	take(now, WORD_GO);
	cr_expect_eq(holder_next(&holder, 0, now).kind, HOLDER_TAKE);
	take(MOMENT_NONE, WORD_GO);
	cr_expect_eq(holder_next(&holder, 0, now).kind, HOLDER_TAKE);
}

Test(hour, is_not_waited_for_by_who_is_cancelled) {
	take(moment_add(now, 5 * HOUR_MS), WORD_CANCEL);
	cr_assert_eq(holder_next(&holder, 0, now).kind, HOLDER_APPEND);
	cr_assert(holder.append.count == 1 && holder.append.entries[0].event == MESSAGE_CANCEL);
	holder_stored(&holder, STORED_YES, 0);
	cr_assert_eq(holder_next(&holder, 0, now).kind, HOLDER_LEAVE);
	cr_expect_eq(holder.left, LEFT_DONE);
}
