/* Messages by what came back of them. */
#ifndef ANSWERING_ANSWERED_H
#define ANSWERING_ANSWERED_H

#include "answering/answer.h"

struct answered {
	int64_t block, index; /* the message */
	struct answer answer;
};

/* Up to `limit` messages behind this one (block -1: from the first), by block and place, whose person opened, clicked
 * or unsubscribed. Only blocks in which somebody did are read. */
bool answered_list(struct store *store, const char *campaign_id, enum hit_kind kind, const struct answered *after,
                   int limit, struct arena *arena, struct rows *rows, struct error *err) MUST_CHECK;

/* The folds of blocks, one after another, for those who read messages in their order. */
struct answer_reader {
	int64_t block; /* begin with -1 */
	struct answer_block folded;
};

/* *answer NULL: nothing is known of the message. It is valid until the next call. */
bool answer_read(struct store *store, const char *campaign_id, int64_t block, int64_t index, struct arena *arena,
                 struct answer_reader *reader, const struct answer **answer, struct error *err) MUST_CHECK;

#endif
