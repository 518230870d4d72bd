/* When a campaign pauses by itself; also by senders that are killed, where TEST_STORE_URI names a server. */
#include <criterion/criterion.h>

#include "campaigns/own_campaign.h"
#include "dispatch/block.h"
#include "dispatch/guard.h"
#include "dispatch/scheduler.h"
#include "sending/refusal.h"
#include "unit/jobs_support.h"
#include "unit/keyed_fixture.h"
#include "unit/killed.h"

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

static const struct moment now = { 1760000000000 };

static void open_schema(void) {
	open_keyed();
	if (store)
		mark_migrated(store);
}

TestSuite(pausing, .init = open_schema, .fini = close_all);

/* One that is being sent, with so many answers and so many addresses that nobody has. */
static const char *sent_to(int64_t accepted, int64_t hard) {
	struct campaign campaign;
	struct campaign_move move;
	struct dispatch dispatch;
	struct block_state state;
	record_clear(&campaign_record, &campaign);
	record_clear(&dispatch_record, &dispatch);
	record_clear(&block_state_record, &state);
	campaign.id = dispatch.id = state.campaign_id = store_new_id(arena);
	campaign.name = "News";
	campaign.updated_at = dispatch.started_at = now;
	dispatch.words = 0;
	state.id = store_new_id(arena);
	state.accepted = accepted;
	state.failed = state.hard = hard;
	cr_assert(campaign_create_own(store, &campaign, &err) && dispatch_create(store, &dispatch, &err) &&
	              campaign_move_own(store, campaign.id, CAMPAIGN_SEND, now, &move, &err) &&
	              campaign_move_own(store, campaign.id, CAMPAIGN_BEGIN, now, &move, &err) &&
	              store_insert(store, "dispatch_states", &block_state_record, &state, &err),
	          "%s", err.text);
	return campaign.id;
}

static void look(struct store *of, void *campaign_id) {
	struct error why = ERROR_INIT;
	cr_expect(acting_guard(of, campaign_id, now, &why), "%s", why.text);
}

static enum campaign_status status_of(const char *id) {
	enum campaign_status status;
	cr_assert(campaign_read_status(store, id, &status, &err), "%s", err.text);
	return status;
}

static void resume(const char *id) {
	struct campaign_move move;
	cr_assert(campaign_move_own(store, id, CAMPAIGN_RESUME, now, &move, &err), "%s", err.text);
}

/* old: a sender that died between its mark and pausing left the campaign running, and no other one paused it. */
Test(pausing, holds_whoever_is_killed_after_each_statement) {
	enum { MESSAGES_MAX = 100 };
	bool killed = true;
	int count = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		char *id = (char *)(uintptr_t)sent_to(190, 10);
		killed = killed_after(count, look, id);
		look(store, id);
		cr_expect_eq(status_of(id), CAMPAIGN_PAUSED, "after %d messages", count);
		resume(id);
		look(store, id);
		if (status_of(id) == CAMPAIGN_PAUSED) /* without a word before: now with one */
			resume(id);
		look(store, id);
		cr_expect_eq(status_of(id), CAMPAIGN_SENDING, "whoever resumed it has seen why, after %d", count);
	}
	cr_expect(!killed && count > 4, "%d messages", count);
}

Test(pausing, leaves_alone_what_a_person_has_paused) {
	struct campaign_move move;
	char *id = (char *)(uintptr_t)sent_to(190, 10);
	cr_assert(campaign_move_own(store, id, CAMPAIGN_PAUSE, now, &move, &err), "%s", err.text);
	look(store, id);
	resume(id);
	look(store, id);
	cr_expect_eq(status_of(id), CAMPAIGN_PAUSED, "they have not seen why");
}
