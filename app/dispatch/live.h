/* What listeners of a campaign (/ws/ID) are told: its whole state, in a group of messages (dispatch/live_message.h), at
 * most once a second for all processes together. Whoever connects gets the newest group at once. Nothing here fails or
 * waits for listeners; it may read the database. */
#ifndef DISPATCH_LIVE_H
#define DISPATCH_LIVE_H

#include "core/store/store.h"

enum { LIVE_TURN_MS = 1000, LIVE_ROWS = 32 };

/* When this process looks again at which campaign; all zero to begin with. */
struct live {
	struct live_row {
		char campaign_id[25];
		int64_t due_ms;
	} rows[LIVE_ROWS];
	int next;
};

/* For whoever holds a block, at each of its turns: does nothing unless a second has passed, and no other process has
 * told meanwhile. Call it once more after the last turn, or live_tell. */
void live_progress(struct live *live, struct store *store, const char *campaign_id, struct moment now);

/* At once: the campaign's state has changed. */
void live_tell(struct store *store, const char *campaign_id, struct moment now);

#endif
