/* Rebuilding the collections from raw answers (observing/raw.h), without the provider. */
#ifndef OBSERVING_REPLAY_H
#define OBSERVING_REPLAY_H

#include "observing/sync.h"

/* The result for one collection. Equal: the same documents except for their ids. If it is not, but all documents that
 * differ are of campaigns in whose answers a value is refused today, an older version, which had not that rule, stored
 * them: then `older` says how many campaigns, and the first value with the rule; else it is NULL. */
struct replay_row {
	const char *collection, *older;
	int64_t present, rebuilt; /* number of documents */
	bool equal;
};
extern const struct record_type replay_row_record;
enum { REPLAY_ROWS = 6 };

/* Rebuilds in the database `into`, which must be empty and is kept; NULL: in a temporary one. With `repair`, snapshots,
 * link reports and events missing from the present database are restored, and growth is updated. CONFLICT: a sync is
 * running, or `into` is not empty. */
bool replay_run(struct store *store, const struct settings *settings, const char *into, bool repair,
                struct arena *arena, struct replay_row rows[REPLAY_ROWS], int *count, struct error *err) MUST_CHECK;

#endif
