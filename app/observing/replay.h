/* Making the collections again from the kept answers (observing/raw.h), without the provider. */
#ifndef OBSERVING_REPLAY_H
#define OBSERVING_REPLAY_H

#include "observing/sync.h"

/* What became of one collection. Equal: the same documents but for their ids. */
struct replay_row {
	const char *collection;
	int64_t present, rebuilt; /* documents */
	bool equal;
};
extern const struct record_type replay_row_record;
enum { REPLAY_ROWS = 6 };

/* Rebuilds in the database `into`, which must be empty and is kept; NULL: in one of its own, which is dropped at the
 * end. With `repair` snapshots, link reports and events that the present database lacks are put back, and growth is
 * renewed. CONFLICT: a sync is running, or `into` is not empty. */
bool replay_run(struct store *store, const struct settings *settings, const char *into, bool repair,
                struct replay_row rows[REPLAY_ROWS], int *count, struct error *err) MUST_CHECK;

#endif
