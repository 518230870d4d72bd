/* Pausing by itself. */
#include "dispatch/guard.h"

#include "campaigns/own_campaign.h"
#include "dispatch/block.h"
#include "dispatch/happening.h"
#include "metrics/share.h"

bool guard_holds(int64_t answered, int64_t hard) {
	return answered >= GUARD_HANDED_MIN && share_percent(hard, answered) >= GUARD_HARD_PERCENT;
}

/* Paused first, and marked then: of a sender that dies in between the campaign is paused without a word, and once more,
 * with one, after somebody has resumed it. Whoever finds the mark leaves it to the person who resumed it. */
static bool pause_once(struct store *store, const char *campaign_id, struct moment now, bool *is_first,
                       struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct dispatch dispatch;
	struct campaign_move move;
	*is_first = false;
	if (!dispatch_need_counts(store, campaign_id, arena, &dispatch, err))
		return false;
	if (moment_is_set(dispatch.held_at))
		return true;
	if (!campaign_move_own(store, campaign_id, CAMPAIGN_PAUSE, now, &move, err))
		return err->kind == ERROR_CONFLICT;
	return dispatch_note_held(store, campaign_id, now, is_first, err);
}

bool acting_guard(struct store *store, const char *campaign_id, struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct block_state sum;
	int64_t blocks;
	bool is_first;
	if (!store_sum(store, "dispatch_states", FILTER(eq_id("campaign_id", campaign_id)), &block_state_record, &sum,
	               &blocks, err))
		return false;
	if (!guard_holds(sum.accepted + sum.failed, sum.hard))
		return true;
	if (!pause_once(store, campaign_id, now, &is_first, err))
		return false;
	if (!is_first)
		return true;
	campaign_happened(store, campaign_id, CAMPAIGN_HELD,
	                  arena_print(arena,
	                              "%s of %s are not there (%d\u00a0%% or more). Look at the list before you resume",
	                              text_of_count(arena, sum.hard),
	                              text_of_counted(arena, sum.accepted + sum.failed, "address", "addresses"),
	                              GUARD_HARD_PERCENT),
	                  now);
	return true;
}
