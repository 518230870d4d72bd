/* How fast a campaign was sent, in equal steps of time. Pure. */
#ifndef LIVE_SPEED_H
#define LIVE_SPEED_H

#include <stdint.h>

#include "core/base/moment.h"

enum { SPEED_STEPS = 60 };

/* How many had been sent at a moment. */
struct sent_at {
	struct moment at;
	int64_t sent;
};

struct speed {
	int count;         /* steps; 0: less than two minutes are known */
	int64_t step_ms;   /* whole minutes; the last step may be shorter */
	struct moment end; /* of the last step */
	struct speed_step {
		struct moment from;
		double sent, per_minute;
	} steps[SPEED_STEPS];
};

/* The steps are whole minutes of the clock, as those of the limits are (sending/pace.h), and one that was cut counts as
 * many whole minutes as it touches: what a minute's limit allows may be sent within a second, and is no more a minute.
 *
 * known[count]: oldest first, counts never fall. Nothing was sent before started_at. Between two moments the speed is
 * taken as even. The steps are as short as SPEED_STEPS of them allow. */
struct speed speed_of(struct moment started_at, const struct sent_at *known, int count);

/* Emails a minute over the last steps that take SPEED_RECENT_MS together; NaN without any. */
enum { SPEED_RECENT_MS = 5 * MINUTE_MS };
double speed_recent(const struct speed *speed);

/* The step with the greatest speed, the first of equals; NULL: there is none. */
const struct speed_step *speed_peak(const struct speed *speed);

#endif
