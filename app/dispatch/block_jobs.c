/* The jobs of blocks. */
#include "dispatch/block_jobs.h"

#include <string.h>

#include "campaigns/own_campaign.h"
#include "dispatch/block.h"
#include "dispatch/figures.h"
#include "dispatch/happening.h"

static const char KEY[] = "block:";

static const char *block_job_key(const char *campaign_id, const char *block_id, struct arena *arena) {
	return arena_print(arena, "%s%s:%s", KEY, campaign_id, block_id);
}

bool block_job_is_of(const char *key, const char *campaign_id) {
	return text_starts(key, KEY) && text_starts(key + sizeof KEY - 1, campaign_id);
}

bool block_jobs_ask(struct store *store, const char *campaign_id, struct arena *arena, struct error *err) {
	struct block_state *states;
	int count;
	if (!block_states_open(store, campaign_id, BLOCKS_QUEUED, arena, &states, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct job_request request = { BLOCK_JOB, block_job_key(campaign_id, states[i].id, arena), states[i].id,
			                                 0 };
		const char *id;
		bool already;
		if (!queue_ask(store, &request, arena, &id, &already, err))
			return false;
	}
	return true;
}

bool block_jobs_hasten(struct store *store, const char *campaign_id, struct arena *arena, struct error *err) {
	struct block_state *states;
	int count;
	if (!block_states_open(store, campaign_id, BLOCKS_QUEUED, arena, &states, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!queue_hasten(store, block_job_key(campaign_id, states[i].id, arena), err))
			return false;
	return true;
}

bool block_jobs_go_on(struct store *store, const char *campaign_id, struct moment now, struct arena *arena,
                      struct error *err) {
	struct block_state *open;
	struct campaign_move move;
	struct error why = ERROR_INIT;
	int count;
	if (!block_states_open(store, campaign_id, 1, arena, &open, &count, err))
		return false;
	if (count > 0)
		return figures_save(store, campaign_id, false, now, arena, err) &&
		       block_jobs_ask(store, campaign_id, arena, err);
	if (!figures_save(store, campaign_id, true, now, arena, err))
		return false;
	if (campaign_move_own(store, campaign_id, CAMPAIGN_END, now, &move, &why)) {
		bool noted = dispatch_note_ended(store, campaign_id, now, err);
		campaign_happened(store, campaign_id, CAMPAIGN_ENDED, NULL, now);
		return noted;
	}
	if (why.kind == ERROR_CONFLICT) /* it is paused, cancelled, or has ended */
		return true;
	*err = why;
	return false;
}
