/* Folding the hits of one block, or of those who are only counted in one hour. A fold is a function of all its hits, so
 * it may be interrupted anywhere and repeated; hits stop waiting last of all. Private to this folder. */
#ifndef ANSWERING_FOLD_BLOCK_H
#define ANSWERING_FOLD_BLOCK_H

#include "answering/answer.h"
#include "answering/groups.h"
#include "core/process/settings.h"

/* Of one block so many hits are folded: what comes later in its life is not counted. Nobody does so with 500 mails. */
enum { FOLD_BLOCK_HITS = 50000 };

struct folding {
	struct store *store;
	const struct settings *settings;
	const char *campaign_id;
	struct tracked_links links; /* of that campaign */
	struct group_rules *rules;  /* read when they are first needed */
	struct arena *arena;        /* theirs */
	struct moment now;
};

bool fold_block(const struct folding *folding, int64_t block, struct error *err) MUST_CHECK;
bool fold_hour(const struct folding *folding, int64_t hour, struct error *err) MUST_CHECK;

/* What the block's hits before this moment have come to is kept: they are in no fold any more, and may be deleted. None
 * of them may wait. */
bool fold_block_keep(const struct folding *folding, int64_t block, struct moment before, struct error *err) MUST_CHECK;

/* Up to `limit` unsubscribes find their mail; *count of them. */
bool fold_place_unsubscribes(struct store *store, int limit, int *count, struct error *err) MUST_CHECK;

#endif
