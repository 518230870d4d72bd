/* Why messages have failed. */
#include "dispatch/reasons.h"

#include <stdlib.h>

#include "dispatch/block.h"
#include "dispatch/ledger.h"

static const struct field fields[] = {
	FIELD(struct failure_count, reason, .stored = "_id"),
	FIELD(struct failure_count, count),
};
static const struct record_type failure_record = RECORD_TYPE("FailureCount", struct failure_count, fields);

enum { OPEN_LOOKED_AT = 200, OPEN_FOLDED = 8, REASONS_MAX = 64 };

struct tally {
	int64_t counts[REASONS_MAX];
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

/* A block that was opened again has its messages written, too. */
static bool count_written(struct store *store, const char *campaign_id, struct arena *arena, struct tally *tally,
                          struct error *err) {
	BSON_AUTO stages = BCON_NEW("0", "{", "$group", "{", "_id", "{", "$ifNull", "[", "$reason", BCON_INT64(0), "]", "}",
	                            "count", "{", "$sum", BCON_INT32(1), "}", "}", "}");
	const int64_t *not_of = tally->blocks;
	struct rows rows;
	if (!store_aggregate_rows(store, "messages",
	                          FILTER(eq_id("campaign_id", campaign_id),
	                                 eq_choice("status", &message_states, MESSAGE_FAILED), ne_count("block", not_of[0]),
	                                 ne_count("block", not_of[1]), ne_count("block", not_of[2]),
	                                 ne_count("block", not_of[3]), ne_count("block", not_of[4]),
	                                 ne_count("block", not_of[5]), ne_count("block", not_of[6]),
	                                 ne_count("block", not_of[7])),
	                          stages, &failure_record, arena, &rows, err))
		return false;
	const struct failure_count *items = rows.items;
	for (int i = 0; i < rows.count; i++)
		count(tally, items[i].reason, items[i].count);
	return true;
}

static int by_count(const void *a, const void *b) {
	const struct failure_count *one = a, *other = b;
	if (one->count != other->count)
		return one->count < other->count ? 1 : -1;
	return one->reason < other->reason ? -1 : 1;
}

bool failures_by_reason(struct store *store, const char *campaign_id, struct arena *arena, struct rows *counts,
                        struct error *err) {
	struct tally tally = { .blocks = { -1, -1, -1, -1, -1, -1, -1, -1 } };
	struct failure_count *items = arena_array(arena, struct failure_count, REASONS_MAX);
	if (!count_open(store, campaign_id, arena, &tally, err) || !count_written(store, campaign_id, arena, &tally, err))
		return false;
	*counts = (struct rows){ items, 0 };
	for (int reason = 0; reason < REASONS_MAX; reason++)
		if (tally.counts[reason] > 0)
			items[counts->count++] = (struct failure_count){ reason, tally.counts[reason] };
	qsort(items, (size_t)counts->count, sizeof *items, by_count);
	return true;
}
