/* Messages by what came back of them. */
#include "answering/answered.h"

static const char BLOCKS[] = "answer_blocks";

static bool did(const struct answer *answer, enum hit_kind kind) {
	const struct moment at[] = { answer->opened_at, answer->clicked_at, answer->unsubscribed_at };
	return moment_is_set(at[kind]);
}

static void take(const struct answer_block *block, enum hit_kind kind, int64_t after, int limit, struct rows *rows) {
	const struct answer *answers = block->answers.items;
	struct answered *taken = rows->items;
	for (int i = 0; i < block->answers.count && rows->count < limit; i++)
		if (answers[i].index > after && did(&answers[i], kind))
			taken[rows->count++] = (struct answered){ block->block, answers[i].index, answers[i] };
}

bool answered_list(struct store *store, const char *campaign_id, enum hit_kind kind, const struct answered *after,
                   int limit, struct arena *arena, struct rows *rows, struct error *err) {
	static const char *const counts[HIT_KIND_COUNT] = { "opened", "clicked", "unsubscribed" };
	int64_t from = after->block < 0 ? 0 : after->block;
	bool found = true;
	*rows = (struct rows){ arena_array(arena, struct answered, (size_t)limit + 1), 0 };
	while (rows->count < limit) {
		struct answer_block block;
		if (!store_find(store, BLOCKS,
		                FILTER(eq_id("campaign_id", campaign_id), gte_count("block", from), gt_count(counts[kind], 0)),
		                SORT(asc("block"), asc("_id")), &answer_block_record, arena, &block, &found, err))
			return false;
		if (!found)
			return true;
		take(&block, kind, block.block == after->block ? after->index : -1, limit, rows);
		from = block.block + 1;
	}
	return true;
}

bool answer_read(struct store *store, const char *campaign_id, int64_t block, int64_t index, struct arena *arena,
                 struct answer_reader *reader, const struct answer **answer, struct error *err) {
	bool found;
	if (reader->block != block && !answer_block_find(store, campaign_id, block, arena, &reader->folded, &found, err))
		return false;
	reader->block = block;
	*answer = answer_of(&reader->folded, index);
	return true;
}
