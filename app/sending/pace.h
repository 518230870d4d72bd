/* Limits of speed, as windows of the limiter's clock: so many a second, a minute, an hour, a day. Pure.
 *
 * A limiter is one document for all processes: of a connection, a campaign, a destination, of the whole system. Whoever
 * wants to hand over takes tokens from each that applies; the fewest that one gives is what all give.
 * The caller stores the result on condition that nobody has changed the documents meanwhile.
 *
 * Tokens are for now: they count until the shortest window in which they were counted ends (valid_ms). Whoever has not
 * used them by then has wasted them, so that what was counted in a window is never used in the next one. */
#ifndef SENDING_PACE_H
#define SENDING_PACE_H

#include <stdbool.h>

#include "core/base/moment.h"

enum pace_unit { PACE_SECOND, PACE_MINUTE, PACE_HOUR, PACE_DAY, PACE_UNIT_COUNT };

/* 0: no limit. */
struct pace_limits {
	int64_t per[PACE_UNIT_COUNT]; /* 1: also a gap as long as the unit */
	int64_t gap_ms;               /* between two hand-overs */
	int64_t batch, pause_ms;      /* after so many hand-overs so long a pause */
};

struct pace_window {
	struct moment start; /* MOMENT_NONE: nothing was used yet */
	int64_t used;
};

struct pace {
	struct pace_window windows[PACE_UNIT_COUNT];
	struct moment free_at; /* after a gap or a pause; MOMENT_NONE: now */
	int64_t in_batch;      /* handed over since the last pause */
};
extern const struct pace PACE_UNUSED;

int64_t pace_unit_ms(enum pace_unit unit);

struct pace_grant {
	int64_t count;       /* how many; 0: none now */
	int64_t valid_ms;    /* for how long they count, at most an hour; with count 0: when to ask again */
	int limiter;         /* index of the one that gave the fewest; -1: none did, all that was wanted was given */
	enum pace_unit unit; /* its window that did; PACE_UNIT_COUNT: its gap or pause */
};

struct pace_limiter {
	struct pace *pace; /* changed: to be stored if something was given, or pace_was_moved */
	const struct pace_limits *limits;
};

/* Takes up to `want` tokens from all of them. A window that lies in the future, as the clock was set back, begins anew
 * with what was used in it: it neither blocks for longer than it lasts nor gives its tokens twice at once. */
struct pace_grant pace_take(const struct pace_limiter *limiters, int count, int64_t want, struct moment now);

/* The clock was set back since `before`, and `now` says so: else each call would begin anew, and nothing ever be given.
 */
bool pace_was_moved(const struct pace *before, const struct pace *now);

#endif
