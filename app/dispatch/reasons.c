/* Why messages have failed. */
#include "dispatch/reasons.h"

#include <stdlib.h>

#include "dispatch/block.h"
#include "dispatch/ledger.h"

static const struct field fields[] = {
	FIELD(struct failure_count, reason),
	FIELD(struct failure_count, count),
};
const struct record_type failure_record = RECORD_TYPE("FailureCount", struct failure_count, fields);

enum { OPEN_LOOKED_AT = 200, OPEN_FOLDED = 8, REASONS_MAX = 64 };

struct tally {
	int64_t counts[REASONS_MAX]; /* 0: also of what has no reason */
	int64_t blocks[OPEN_FOLDED]; /* the numbers of the blocks whose journals were read; -1: none */
};

static void count(struct tally *tally, int64_t reason, int64_t more) {
	tally->counts[reason > 0 && reason < REASONS_MAX ? reason : 0] += more;
}

static bool count_block(struct store *store, const struct block_state *state, struct arena *arena, struct tally *tally,
                        struct error *err) {
	struct block_fold *fold = arena_new_of(arena, struct block_fold);
	if (!ledger_fold(store, state->id, (int)state->size, fold, NULL, NULL, err))
		return false;
	for (int i = 0; i < fold->size; i++)
		if (fold->messages[i].state == MESSAGE_FAILED)
			count(tally, fold->messages[i].reason, 1);
	return true;
}

static bool count_open(struct store *store, const char *campaign_id, struct arena *arena, struct tally *tally,
                       struct error *err) {
	struct block_state *states;
	int found, folded = 0;
	if (!block_states_open(store, campaign_id, OPEN_LOOKED_AT, arena, &states, &found, err))
		return false;
	for (int i = 0; i < found && folded < OPEN_FOLDED; i++) {
		if (states[i].failed == 0 || states[i].size > BLOCK_MESSAGES_MAX)
			continue;
		tally->blocks[folded++] = states[i].number;
		if (!count_block(store, &states[i], arena, tally, err))
			return false;
	}
	return true;
}

/* What is stored of a block. */
struct written {
	int64_t number;
	struct rows failures; /* struct failure_count */
};
static const struct field written_fields[] = {
	FIELD(struct written, number),
	FIELD_LIST(struct written, failures, failure_record),
};
static const struct record_type written_record = RECORD_TYPE("WrittenFailures", struct written, written_fields);

/* A block that was opened again has its messages written, too. */
static void take_written(void *context, const void *object) {
	struct tally *tally = context;
	const struct written *written = object;
	const struct failure_count *failures = written->failures.items;
	for (int i = 0; i < OPEN_FOLDED; i++)
		if (tally->blocks[i] == written->number)
			return;
	for (int i = 0; i < written->failures.count; i++)
		count(tally, failures[i].reason, failures[i].count);
}

/* Most first. */
static int by_count(const void *a, const void *b) {
	const struct failure_count *one = a, *other = b;
	if (one->count != other->count)
		return one->count < other->count ? 1 : -1;
	return one->reason < other->reason ? -1 : 1;
}

static struct rows rows_of(const struct tally *tally, struct arena *arena) {
	struct failure_count *items = arena_array(arena, struct failure_count, REASONS_MAX);
	int count = 0;
	for (int reason = 0; reason < REASONS_MAX; reason++)
		if (tally->counts[reason] > 0)
			items[count++] = (struct failure_count){ reason, tally->counts[reason] };
	qsort(items, (size_t)count, sizeof *items, by_count);
	return (struct rows){ items, count };
}

struct rows failures_of(const struct sent_message *messages, int size, struct arena *arena) {
	struct tally tally = { 0 };
	for (int i = 0; i < size; i++)
		if (messages[i].status == MESSAGE_FAILED)
			count(&tally, messages[i].reason, 1);
	return rows_of(&tally, arena);
}

bool failures_by_reason(struct store *store, const char *campaign_id, struct arena *arena, struct rows *counts,
                        struct error *err) {
	struct tally tally = { .blocks = { -1, -1, -1, -1, -1, -1, -1, -1 } };
	if (!count_open(store, campaign_id, arena, &tally, err) ||
	    !store_each(store, "block_messages", FILTER(eq_id("campaign_id", campaign_id), gt_count("failed", 0)),
	                &written_record, take_written, &tally, err))
		return false;
	*counts = rows_of(&tally, arena);
	return true;
}
