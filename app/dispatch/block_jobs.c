/* The jobs of blocks. */
#include "dispatch/block_jobs.h"

#include <string.h>

#include "campaigns/own_campaign.h"
#include "core/store/clock.h"
#include "dispatch/figures.h"
#include "dispatch/happening.h"

static const char KEY[] = "block:";

enum { JOBS_LOOKED_AT = 1000 }; /* of a campaign: most wait for something */

static const char *block_job_key(const char *campaign_id, const char *block_id, struct arena *arena) {
	return arena_print(arena, "%s%s:%s", KEY, campaign_id, block_id);
}

bool block_job_is_of(const char *key, const char *campaign_id) {
	return text_starts(key, KEY) && text_starts(key + sizeof KEY - 1, campaign_id);
}

static int64_t delay_of(const struct block_state *state, struct moment now) {
	return moment_is_set(state->due_at) && state->due_at.ms > now.ms ? state->due_at.ms - now.ms : 0;
}

static bool find_next(struct store *store, const char *campaign_id, struct moment *now, struct arena *arena,
                      struct block_state **states, int *count, struct error *err) {
	return store_now(store, now, err) &&
	       block_states_next(store, campaign_id, *now, BLOCKS_QUEUED, arena, states, count, err);
}

bool block_jobs_ask(struct store *store, const char *campaign_id, struct arena *arena, struct error *err) {
	struct block_state *states;
	struct moment now;
	enum campaign_status status = CAMPAIGN_SENDING;
	int count;
	if (!find_next(store, campaign_id, &now, arena, &states, &count, err))
		return false;
	if (count > 0 && delay_of(&states[count - 1], now) > 0 && !campaign_read_status(store, campaign_id, &status, err))
		return false;
	const bool is_over = status == CAMPAIGN_CANCELLED; /* what waits need not wait any more */
	for (int i = 0; i < count; i++) {
		const struct job_request request = { BLOCK_JOB, block_job_key(campaign_id, states[i].id, arena), states[i].id,
			                                 is_over ? 0 : delay_of(&states[i], now) };
		const char *id;
		bool already;
		if (!queue_ask(store, &request, arena, &id, &already, err) ||
		    (already && is_over && !queue_hasten(store, request.key, err)))
			return false;
	}
	return true;
}

bool block_jobs_ended(struct store *store, const struct block *block, struct arena *arena, struct error *err) {
	struct block_state state;
	bool found;
	return block_state_find(store, block->id, arena, &state, &found, err) &&
	       (!found || state.is_done || block_jobs_ask(store, block->campaign_id, arena, err));
}

bool block_jobs_hasten(struct store *store, const char *campaign_id, struct arena *arena, struct error *err) {
	struct block_state *states;
	struct moment now;
	int count;
	if (!find_next(store, campaign_id, &now, arena, &states, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!queue_hasten(store, block_job_key(campaign_id, states[i].id, arena), err))
			return false;
	return true;
}

static bool is_among(const struct job *jobs, int count, const char *owner) {
	for (int i = 0; i < count; i++)
		if (jobs[i].state == JOB_HELD && text_same(jobs[i].owner, owner))
			return true;
	return false;
}

static void add_sender(struct block_senders *senders, const struct job *jobs, int index, struct moment now) {
	const struct job *job = &jobs[index];
	if (job->state == JOB_QUEUED && moment_is_set(job->due_at)) {
		if (!moment_is_set(senders->due_at) || job->due_at.ms < senders->due_at.ms)
			senders->due_at = job->due_at;
		return;
	}
	if (job->state != JOB_HELD || !moment_is_set(job->lease_until) || job->lease_until.ms <= now.ms)
		return;
	senders->count += !is_among(jobs, index, job->owner);
	const struct moment seen = { job->lease_until.ms - job->lease_ms };
	if (!moment_is_set(senders->seen_at) || seen.ms > senders->seen_at.ms)
		senders->seen_at = seen;
}

bool block_senders_read(struct store *store, const char *campaign_id, struct moment now, struct arena *arena,
                        struct block_senders *senders, struct error *err) {
	struct job *jobs;
	int count;
	*senders = (struct block_senders){ 0, MOMENT_NONE, MOMENT_NONE };
	if (!store_list(store, "jobs", FILTER(prefix_text("key", block_job_key(campaign_id, "", arena))),
	                SORT(asc("key"), asc("_id")), JOBS_LOOKED_AT, &job_record, arena, (void **)&jobs, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		add_sender(senders, jobs, i, now);
	return true;
}

/* Once it has ended, unless it was told of before: whoever ended it may have been killed just there. */
static bool tell_end(struct store *store, const char *campaign_id, struct moment now, struct arena *arena,
                     struct error *err) {
	struct dispatch dispatch;
	enum campaign_status status;
	if (!campaign_read_status(store, campaign_id, &status, err) ||
	    !dispatch_need_counts(store, campaign_id, arena, &dispatch, err))
		return false;
	if (status != CAMPAIGN_SENT || moment_is_set(dispatch.ended_at))
		return true;
	campaign_happened(store, campaign_id, CAMPAIGN_ENDED, NULL, now);
	return dispatch_note_ended(store, campaign_id, now, err);
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
	if (campaign_move_own(store, campaign_id, CAMPAIGN_END, now, &move, &why) || why.kind == ERROR_CONFLICT)
		return tell_end(store, campaign_id, now, arena, err);
	*err = why;
	return false;
}
