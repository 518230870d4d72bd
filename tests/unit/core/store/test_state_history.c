/* What a history of states appends. */
#include <criterion/criterion.h>

#include "core/store/state_history.h"

Test(state_history, appends_what_has_changed) {
	const struct moment seen = { 1000 }, was = { 2000 }, at = { 3000 }, early = { 1500 };
	struct state_change change = state_change(true, MOMENT_NONE, MOMENT_NONE, false, at);
	cr_expect(!change.begins && change.appends && change.since.ms == 3000);
	change = state_change(false, seen, was, true, at);
	cr_expect(!change.begins && !change.appends && change.since.ms == 2000);
	change = state_change(false, seen, was, false, at);
	cr_expect(!change.begins && change.appends && change.since.ms == 3000);
	change = state_change(false, seen, was, false, early); /* the clock was set back */
	cr_expect(change.appends && change.since.ms == 2001);
	change = state_change(false, seen, was, false, was);
	cr_expect_eq(change.since.ms, 2001);
}

/* One may well have been deleted; most at once rather not. */
Test(state_history, doubts_that_many_are_gone_at_once) {
	cr_expect_not(unseen_is_doubtful(33, 0));
	cr_expect_not(unseen_is_doubtful(1, 1) || unseen_is_doubtful(2, 1) || unseen_is_doubtful(33, 2));
	cr_expect(unseen_is_doubtful(4, 2) && unseen_is_doubtful(3, 2) && unseen_is_doubtful(33, 3));
	cr_expect_not(unseen_is_doubtful(1000, 12));
	cr_expect(unseen_is_doubtful(1000, 13) && unseen_is_doubtful(33, 28));
}

Test(state_history, begins_with_what_is_older_than_it) {
	const struct moment seen = { 1000 }, at = { 3000 };
	struct state_change change = state_change(false, seen, MOMENT_NONE, true, at);
	cr_expect(change.begins && !change.appends && change.was.ms == 1000 && change.since.ms == 1000);
	change = state_change(false, seen, MOMENT_NONE, false, at);
	cr_expect(change.begins && change.appends && change.was.ms == 1000 && change.since.ms == 3000);
}
