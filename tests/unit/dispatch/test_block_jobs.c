/* Blocks as jobs. */
#include <criterion/criterion.h>

#include "core/jobs/queue.h"
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
