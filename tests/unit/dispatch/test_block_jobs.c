/* Blocks as jobs. */
#include <criterion/criterion.h>

#include "campaigns/own_campaign.h"
#include "core/jobs/queue.h"
#include "core/store/clock.h"
#include "dispatch/block_jobs.h"
#include "unit/store_fixture.h"

#define CAMPAIGN "0123456789abcdef01234567"
#define OWNER "somewhere:1:1"

static const struct moment noon = { INT64_C(1700000000000) };
static struct block block;
static struct block_state state;
static struct job job;

static void find_job(bool *found) {
	struct moment now;
	cr_assert(
		queue_find_key(store, arena_print(arena, "block:%s:%s", CAMPAIGN, block.id), arena, &job, found, &now, &err));
}

/* A block whose holder has settled its only message, and has marked it as done. */
static void settle_block(void) {
	struct recipient recipient = { .contact_id = "0123456789abcdef01234569", .email = "a@b.example" };
	bool was_there, found;
	open_all();
	if (!store)
		return;
	mark_migrated(store);
	record_clear(&block_record, &block);
	block = (struct block){ .id = store_new_id(arena),
		                    .campaign_id = CAMPAIGN,
		                    .people = { &recipient, 1 },
		                    .contact_ids = { &recipient.contact_id, 1 },
		                    .is_last = true };
	cr_assert(block_create(store, &block, noon, arena, &was_there, &err), "%s", err.text);
	cr_assert(block_jobs_ask(store, CAMPAIGN, arena, &err), "%s", err.text);
	find_job(&found);
	cr_assert(found);
	cr_assert(job_claim(&job, OWNER, 60000, NULL, moment_add(job.due_at, 1)));
	cr_assert(queue_write(store, &job, &found, &err) && found, "%s", err.text);
	cr_assert(block_state_find(store, block.id, arena, &state, &found, &err) && found);
	state.is_done = true;
	cr_assert(block_state_save(store, &state, &err), "%s", err.text);
}

TestSuite(block_jobs, .init = settle_block, .fini = close_all);

static bool is_queued_after_the_end(void) {
	bool found;
	const struct job_change change = { JOB_FINISH, { OWNER, job.fence }, 0, NULL };
	cr_assert(queue_change(store, job.id, &change, arena, &job, &found, &err) && found, "%s", err.text);
	cr_assert(block_jobs_ended(store, &block, arena, &err), "%s", err.text);
	find_job(&found);
	return found && job.state == JOB_QUEUED;
}

Test(block_jobs, end_with_a_block_that_is_done) {
	cr_expect(!is_queued_after_the_end());
}

Test(block_jobs, are_asked_for_again_by_a_block_opened_while_its_job_ends) {
	cr_assert(block_reopen(store, block.id, &err) && block_jobs_ask(store, CAMPAIGN, arena, &err), "%s", err.text);
	cr_expect(is_queued_after_the_end());
}

static bool is_asked_for(const struct block *one, int64_t *wait_ms) {
	struct moment now;
	bool found;
	cr_assert(queue_find_key(store, arena_print(arena, "block:%s:%s", CAMPAIGN, one->id), arena, &job, &found, &now,
	                         &err),
	          "%s", err.text);
	*wait_ms = found ? job.due_at.ms - now.ms : 0;
	return found;
}

static struct block add_block(int64_t number) {
	static struct recipient recipient = { .contact_id = "0123456789abcdef01234569", .email = "a@b.example" };
	struct block more;
	bool was_there;
	record_clear(&block_record, &more);
	more.id = store_new_id(arena);
	more.campaign_id = CAMPAIGN;
	more.number = number;
	more.people = (struct rows){ &recipient, 1 };
	more.contact_ids = (struct strings){ &recipient.contact_id, 1 };
	more.left_out = (struct left_out){ 0 };
	cr_assert(block_create(store, &more, noon, arena, &was_there, &err), "%s", err.text);
	return more;
}

static void wait_for(const struct block *one, int64_t wait_ms) {
	struct block_state waiting;
	struct moment now;
	bool found;
	cr_assert(block_state_find(store, one->id, arena, &waiting, &found, &err) && found && store_now(store, &now, &err));
	waiting.due_at = moment_add(now, wait_ms);
	cr_assert(block_state_save(store, &waiting, &err), "%s", err.text);
}

/* In each of the first ones somebody was put off: the others are not kept waiting for them. */
Test(block_jobs, that_wait_keep_nobody_else_waiting) {
	struct block first[BLOCKS_QUEUED];
	int64_t wait_ms;
	for (int i = 0; i < BLOCKS_QUEUED; i++)
		first[i] = add_block(i + 1);
	const struct block next = add_block(BLOCKS_QUEUED + 1);
	cr_assert(block_jobs_ask(store, CAMPAIGN, arena, &err), "%s", err.text);
	cr_assert(is_asked_for(&first[BLOCKS_QUEUED - 1], &wait_ms) && !is_asked_for(&next, &wait_ms));
	wait_for(&first[3], HOUR_MS);
	cr_assert(block_jobs_ask(store, CAMPAIGN, arena, &err), "%s", err.text);
	cr_expect(is_asked_for(&next, &wait_ms));
}

Test(block_jobs, are_asked_for_at_their_time) {
	int64_t wait_ms;
	const struct block later = add_block(1);
	struct campaign campaign;
	record_clear(&campaign_record, &campaign);
	campaign.id = CAMPAIGN;
	campaign.name = "News";
	campaign.updated_at = noon;
	cr_assert(campaign_create_own(store, &campaign, &err), "%s", err.text);
	wait_for(&later, HOUR_MS);
	cr_assert(block_jobs_ask(store, CAMPAIGN, arena, &err), "%s", err.text);
	cr_expect(is_asked_for(&later, &wait_ms) && wait_ms > HOUR_MS - MINUTE_MS && wait_ms <= HOUR_MS);
}
