/* Rebuilding the collections from raw answers (observing/raw.h), without the provider. */
#ifndef OBSERVING_REPLAY_H
#define OBSERVING_REPLAY_H

#include "observing/sync.h"

/* The result for one collection. Equal: the same documents except for their ids. */
struct replay_row {
	const char *collection;
	int64_t present, rebuilt; /* number of documents */
	bool equal;
};
extern const struct record_type replay_row_record;
enum { REPLAY_ROWS = 6 };

/* Rebuilds in the database `into`, which must be empty and is kept; NULL: in a temporary one. With `repair`, snapshots,
 * link reports and events missing from the present database are restored, and growth is updated. CONFLICT: a sync is
 * running, or `into` is not empty. */
bool replay_run(struct store *store, const struct settings *settings, const char *into, bool repair,
                struct replay_row rows[REPLAY_ROWS], int *count, struct error *err) MUST_CHECK;

#endif
