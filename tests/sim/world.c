/* The database of the simulated world. */
#include "sim/world.h"

#include <stdlib.h>
#include <string.h>

uint64_t rng_next(struct rng *rng) {
	uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

int64_t rng_below(struct rng *rng, int64_t limit) {
	return (int64_t)(rng_next(rng) % (uint64_t)limit);
}

bool rng_happens(struct rng *rng, int thousandths) {
	return rng_below(rng, 1000) < thousandths;
}

struct moment world_clock(const struct world *world) {
	return (struct moment){ world->now + world->clock };
}

void world_break(struct world *world, const char *what) {
	if (!world->broken)
		world->broken = what;
}

struct sim_block *world_claim(struct world *world, const char *owner) {
	struct moment clock = world_clock(world);
	struct sim_block *first = NULL;
	for (int i = 0; i < world->block_count; i++) {
		struct sim_block *block = &world->blocks[i];
		job_lapse(&block->job, false, clock);
		if (job_is_due(&block->job, clock) && (!first || block->job.due_at.ms < first->job.due_at.ms))
			first = block;
	}
	if (!first || !job_claim(&first->job, owner, HOLDER_LEASE_MS, NULL, clock))
		return NULL;
	return first;
}

int64_t world_next_claim(const struct world *world) {
	struct moment clock = world_clock(world);
	int64_t wait = -1;
	for (int i = 0; i < world->block_count; i++) {
		const struct job *job = &world->blocks[i].job;
		if (job_has_ended(job))
			continue;
		struct moment at = job->state == JOB_HELD ? job->lease_until : job->due_at;
		int64_t length = job->state == JOB_HELD ? job->lease_ms : job->wait_ms;
		int64_t left = lease_counts(at, length, clock) ? at.ms - clock.ms : 0;
		if (wait < 0 || left < wait)
			wait = left;
	}
	return wait;
}

void world_check_hand(struct world *world, const struct sim_block *block, int index) {
	int64_t stopped_at = world->stopped_at[world_person(world, block, index)];
	if (stopped_at >= 0 && world->now > stopped_at + SECOND_MS)
		world_break(world, "handed over though unsubscribed, bounced or erased for more than a second");
	if (world->word != WORD_GO && world->now > world->word_since + SECOND_MS)
		world_break(world, "handed over though paused or cancelled for more than a second");
	if (!world->clock_was_set && moment_is_set(block->starts_at) && world_clock(world).ms < block->starts_at.ms)
		world_break(world, "handed over before its hour has come");
}

void world_check_hands(struct world *world, const struct sim_block *block, const struct journal_append *append) {
	for (int i = 0; i < append->count; i++)
		if (append->entries[i].event == MESSAGE_HAND)
			world_check_hand(world, block, append->entries[i].index);
}

bool world_append(struct world *world, struct sim_block *block, const struct journal_append *append) {
	if (append->sequence != block->count + 1)
		return false;
	if (block->count == APPENDS_MAX) {
		world_break(world, "the journal does not end");
		return false;
	}
	if (block->count == block->room) {
		block->room = block->room ? 2 * block->room : 16;
		block->appends = realloc(block->appends, (size_t)block->room * sizeof *block->appends);
		if (!block->appends)
			abort();
	}
	struct stored_append *stored = &block->appends[block->count++];
	memcpy(&stored->head, append, offsetof(struct journal_append, entries));
	memcpy(stored->entries, append->entries, (size_t)append->count * sizeof *append->entries);
	return true;
}

const struct stored_append *world_look(const struct sim_block *block, int64_t sequence) {
	return sequence >= 1 && sequence <= block->count ? &block->appends[sequence - 1] : NULL;
}

void append_unpack(const struct stored_append *stored, struct journal_append *append) {
	memcpy(append, &stored->head, offsetof(struct journal_append, entries));
	memcpy(append->entries, stored->entries, (size_t)append->count * sizeof *append->entries);
}

void world_fold(const struct sim_block *block, struct block_fold *fold) {
	static struct journal_append append;
	fold_begin(fold, block->size);
	for (int i = 0; i < block->count; i++) {
		append_unpack(&block->appends[i], &append);
		fold_add(fold, &append);
	}
}

int world_person(const struct world *world, const struct sim_block *block, int index) {
	return (int)(block - world->blocks) * BLOCK_SIZE_MAX + index;
}
