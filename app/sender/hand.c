/* Taking a block, turning it, leaving it. */
#include "sender/hand_parts.h"

#include <stdlib.h>
#include <string.h>

#include "campaigns/own_campaign.h"
#include "core/base/log.h"
#include "core/jobs/queue.h"
#include "dispatch/block_jobs.h"
#include "dispatch/guard.h"
#include "dispatch/log.h"
#include "dispatch/request.h"
#include "sender/finish.h"

/* One is being handed over, the next one is written. */
enum { FLIGHTS_A_SESSION = 2, LARGE_BYTES = 128 * 1024, SAVE_MS = 250, TROUBLE_MS = 500, TOLD_MS = 10 * MINUTE_MS };

/* --- beginning and ending --- */

static bool read_block(struct hand *hand, struct error *err) {
	struct store *store = hand->shared->store;
	bool found;
	if (!block_state_find(store, hand->job.subject, hand->arena, &hand->state, &found, err))
		return false;
	if (found &&
	    !block_find(store, hand->state.campaign_id, hand->state.number, hand->arena, &hand->block, &found, err))
		return false;
	hand->state.due_at = MOMENT_NONE;
	hand->state.is_done = false; /* a holder before may have said so when something was asked for just then */
	return found || error_set(err, ERROR_MISSING, "there is no block %s", hand->job.subject);
}

static struct flight *new_flights(struct hand *hand, int count) {
	struct flight *flights = arena_array(hand->arena, struct flight, count);
	for (int i = 0; i < count; i++)
		flights[i] = (struct flight){ .hand = hand, .arena = arena_new() };
	return flights;
}

static void free_flights(struct hand *hand) {
	for (int i = 0; i < hand->flight_count; i++) {
		struct flight *flight = &hand->flights[i];
		if (flight->used)
			(void)smtp_drop(hand->post->pool, flight);
		buf_finish(&flight->mail);
		buf_finish(&flight->draft);
		arena_free(flight->arena);
	}
}

void hand_free(struct hand *hand) {
	if (!hand)
		return;
	free_flights(hand);
	if (hand->post)
		post_leave(&hand->shared->posts, hand->post);
	if (hand->campaign)
		letters_leave(&hand->shared->letters, hand->campaign);
	arena_free(hand->arena);
	free(hand);
}

/* What was asked of whoever holds the block. */
static bool note_requests(struct hand *hand, struct error *err) {
	struct message_entry asked[BLOCK_PEOPLE];
	int count;
	if (!requests_waiting(hand->shared->store, &hand->block, hand->arena, asked, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		asked[i].at = hand->now;
		if (!holder_note(&hand->holder, &asked[i], boot_ms()))
			log_info("what was asked for a message of block %s cannot happen now", hand->block.id);
	}
	return true;
}

/* The campaign's log says by which other connection it goes on, once in a while. */
static void tell_detour(struct hand *hand) {
	struct error err = ERROR_INIT;
	struct post *post = hand->post;
	const char *text = arena_print(hand->arena, "Its own connection cannot be used now: sending goes on through “%s”",
	                               post->connection.name);
	if (boot_ms() < post->told_ms)
		return;
	post->told_ms = boot_ms() + TOLD_MS;
	if (!campaign_log(hand->shared->store, hand->block.campaign_id, CAMPAIGN_LOG_WARNING, text, NULL, hand->now, &err))
		log_failure("writing a campaign's log", &err);
}

static bool take_post(struct hand *hand, struct error *err) {
	const struct dispatch *dispatch = &hand->campaign->dispatch;
	bool stands_in;
	if (!posts_take_for(&hand->shared->posts, dispatch->connection_id, &dispatch->said.froms, hand->arena, &hand->post,
	                    &stands_in, err))
		return false;
	if (stands_in)
		tell_detour(hand);
	return true;
}

/* One block at a time tries a mail server that does not work: with all of them the hands would be full of blocks that
 * wait for it, and none would be left for those of others. */
static bool may_try(const struct hand *hand, struct error *err) {
	int64_t wait_ms = post_wait_ms(hand->post);
	enum campaign_status status;
	if (wait_ms == 0)
		return true;
	if (!campaign_read_status(hand->shared->store, hand->block.campaign_id, &status, err))
		return false;
	return status != CAMPAIGN_SENDING || /* nobody is handed over: it is paused or cancelled in order */
	       error_wait(err, ERROR_BUSY, wait_ms, "connection %s rests", hand->post->connection.name);
}

/* Its state may be of a job before the clock was set back. */
static bool outrank(struct hand *hand, struct error *err) {
	struct job_holder holder = { hand->shared->owner, hand->job.fence };
	bool won = true;
	if (hand->state.fence > holder.fence &&
	    !queue_raise(hand->shared->store, hand->job.id, hand->state.fence + 1, &holder, &won, err))
		return false;
	hand->job.fence = holder.fence;
	return won || error_set(err, ERROR_CONFLICT, "another process has taken block %s", hand->block.id);
}

/* Mails with large attachments are written when a session is free only, so that they do not fill the memory. */
static int flights_of(const struct hand *hand) {
	bool is_large = letter_attached_bytes(hand->campaign->letter) > LARGE_BYTES;
	return (is_large ? 1 : FLIGHTS_A_SESSION) * hand->post->limits.sessions;
}

static bool open_hand(struct hand *hand, int64_t began_ms, struct error *err) {
	struct shared *shared = hand->shared;
	if (!read_block(hand, err) || !outrank(hand, err) ||
	    !letters_take(&shared->letters, hand->block.campaign_id, &hand->campaign, err) || !take_post(hand, err) ||
	    !may_try(hand, err) ||
	    !ledger_fold(shared->store, hand->block.id, hand->block.people.count, &hand->holder.fold, NULL, NULL, err))
		return false;
	places_open(&hand->places, &hand->block, hand->arena);
	hand->flight_count = flights_of(hand);
	hand->flights = new_flights(hand, hand->flight_count);
	const struct holder_settings settings = { .size = hand->block.people.count,
		                                      .open_max = hand->flight_count,
		                                      .fence = hand->job.fence,
		                                      .groups = hand->places.groups,
		                                      .group_count = places_groups(&hand->places),
		                                      .retry = &hand->shared->retry,
		                                      .seed = (uint64_t)hand->now.ms,
		                                      .starts_at = hand->block.starts_at };
	holder_begin(&hand->holder, &settings, began_ms);
	return note_requests(hand, err);
}

struct hand *hand_new(struct shared *shared, const struct job *job, struct moment now, int64_t began_ms,
                      struct error *err) {
	struct hand *hand = calloc(1, sizeof *hand);
	if (!hand)
		abort();
	hand->shared = shared;
	hand->arena = arena_new();
	hand->job = *job;
	hand->job.id = arena_copy(hand->arena, job->id);
	hand->job.subject = arena_copy(hand->arena, job->subject);
	hand->job.key = arena_copy(hand->arena, job->key);
	hand->now = now;
	hand->now_ms = began_ms;
	if (open_hand(hand, began_ms, err))
		return hand;
	hand_free(hand);
	return NULL;
}

int hand_open(const struct hand *hand) {
	return hand->holder.open;
}

bool hand_is_beside(const struct hand *hand, const struct hand *other) {
	return hand->post == other->post && hand->campaign == other->campaign;
}

void hand_give_way(struct hand *hand, int taken) {
	holder_allow_open(&hand->holder, taken < hand->flight_count ? hand->flight_count - taken : 0);
}

const char *hand_campaign(const struct hand *hand) {
	return hand->block.campaign_id;
}

void hand_close(struct hand *hand) {
	hand->is_closing = true;
}

bool hand_is_waiting(const struct hand *hand) {
	return post_is_slow(hand->post);
}

static void save_state(struct hand *hand, bool now) {
	struct error err = ERROR_INIT;
	bool is_waiting = hand_is_waiting(hand);
	hand->is_changed |= is_waiting && !hand->state.is_stuck;
	if (!hand->is_changed || (!now && boot_ms() - hand->saved_ms < SAVE_MS))
		return;
	hand->saved_ms = boot_ms();
	hand->is_changed = false;
	hand->state.is_stuck = is_waiting || (hand->state.is_stuck && !hand->was_accepted);
	int64_t hard = hand->state.hard;
	block_state_count(&hand->state, &hand->holder.fold);
	hand->state.fence = hand->job.fence;
	hand->state.updated_at = hand_time(hand);
	if (!block_state_save(hand->shared->store, &hand->state, &err))
		log_failure("saving how far a block is", &err);
	else if (hand->state.hard > hard &&
	         !acting_guard(hand->shared->store, hand->state.campaign_id, hand_time(hand), &err))
		log_failure("looking whether a campaign is to be paused", &err);
	if (!places_tell(&hand->places, hand->shared->store, hand->post->connection.id, hand->state.campaign_id,
	                 hand_time(hand), &err))
		log_failure("saying how fast a mailbox provider takes emails", &err);
	if (!places_tell_warming(&hand->places, hand->shared->store, hand->campaign->warming, hand_time(hand), &err))
		log_failure("counting the emails of a warm-up", &err);
	live_progress(&hand->shared->live, hand->shared->store, hand->state.campaign_id, hand->state.updated_at);
}

/* --- leaving --- */

/* The connection's page shows how it fares. */
static void note_use(struct hand *hand) {
	struct error err = ERROR_INIT;
	const char *problem = *hand->problem ? hand->problem : NULL;
	if ((problem || hand->was_accepted) &&
	    !connection_note_use(hand->shared->store, hand->post->connection.id, problem, hand_time(hand), &err))
		log_failure("noting the use of a connection", &err);
}

/* It waits for those who were put off. Whoever has cancelled the campaign before it came to that has hastened nothing.
 */
static bool look_again(struct hand *hand, struct error *err) {
	enum campaign_status status;
	return campaign_read_status(hand->shared->store, hand->block.campaign_id, &status, err) &&
	       (status != CAMPAIGN_CANCELLED || queue_hasten(hand->shared->store, hand->job.key, err));
}

/* Its job has ended. */
static bool end(struct hand *hand, struct arena *arena, struct error *err) {
	hand->is_over = block_jobs_ended(hand->shared->store, &hand->block, arena, err);
	return hand->is_over;
}

static bool leave(struct hand *hand, struct error *err) {
	ARENA_AUTO arena = arena_new();
	bool is_mine;
	if (hand->holder.left == LEFT_LOST) {
		hand->is_over = true;
		return true;
	}
	if (hand->is_finished)
		return end(hand, arena, err);
	note_use(hand);
	bool waits = hand->holder.left == LEFT_WAITING && hand->holder.left_wait_ms > HOLDER_PATIENCE_MS;
	hand->state.is_stuck |= *hand->problem && !hand->was_accepted;
	hand->state.due_at = waits ? moment_add(hand_time(hand), hand->holder.left_wait_ms) : MOMENT_NONE;
	hand->is_changed = true;
	save_state(hand, true);
	if (hand->holder.left == LEFT_DONE && !finish_block(hand->shared->store, &hand->campaign->dispatch, &hand->block,
	                                                    &hand->state, hand_time(hand), arena, err))
		return false;
	enum job_verb verb = hand->holder.left == LEFT_DONE && hand->state.is_done ? JOB_FINISH : JOB_RELEASE;
	if (!hand_change_job(hand, verb, hand->holder.left_wait_ms, &is_mine, err))
		return false;
	hand->is_finished = verb == JOB_FINISH;
	if (hand->is_finished)
		return end(hand, arena, err);
	hand->is_over = true;
	return look_again(hand, err) &&
	       (!waits || block_jobs_ask(hand->shared->store, hand->block.campaign_id, arena, err));
}

/* False: the database did not answer, and why. */
static bool do_task(struct hand *hand, const struct holder_task *task, struct error *err) {
	switch (task->kind) {
	case HOLDER_APPEND:
		return hand_append(hand, err);
	case HOLDER_LOOK:
		return hand_look(hand, err);
	case HOLDER_RENEW:
		return hand_renew(hand, err);
	case HOLDER_READ:
		return hand_read(hand, err);
	case HOLDER_TAKE:
		return hand_take(hand, task, err);
	case HOLDER_LEAVE:
		return leave(hand, err);
	case HOLDER_START:
		hand_start(hand, task->index);
		return true;
	case HOLDER_ALLOW:
		hand_allow(hand, task->index);
		return true;
	case HOLDER_DROP:
		hand_drop(hand, task->index);
		return true;
	case HOLDER_WAIT:
		break;
	}
	return true;
}

bool hand_turn(struct hand *hand, int64_t *wait_ms, bool *over, struct error *err) {
	bool fine = true;
	*over = false;
	*wait_ms = 0;
	if (boot_ms() < hand->trouble_ms) {
		*wait_ms = hand->trouble_ms - boot_ms();
		return true;
	}
	while (fine && !hand->is_over && *wait_ms == 0) {
		const struct holder_task task = holder_next(&hand->holder, boot_ms(), hand_time(hand));
		fine = do_task(hand, &task, err);
		*wait_ms = task.kind == HOLDER_WAIT ? task.wait_ms : 0;
	}
	if (!fine) {
		hand->trouble_ms = boot_ms() + TROUBLE_MS;
		*wait_ms = TROUBLE_MS;
	}
	save_state(hand, false);
	*over = hand->is_over;
	return fine;
}
