/* What the monitor says of a campaign that is sent, beside its counts. Pure. */
#ifndef LIVE_MONITOR_H
#define LIVE_MONITOR_H

#include "dispatch/progress.h"

struct pace_so_far {
	double per_minute;    /* emails that were dealt with, on average since it started; NaN: cannot be told yet */
	struct moment end_at; /* if it goes on at this pace; MOMENT_NONE: cannot be told */
};

/* Only of a campaign that is being sent, for at least a minute, with ten emails or more. Pauses count as time, so that
 * no end is promised too early. */
struct pace_so_far pace_so_far(const struct progress *progress, struct moment now);

/* Still to be dealt with. */
int64_t progress_left(const struct progress *progress);

#endif
