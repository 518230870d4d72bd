/* What the monitor says of a campaign that is sent. */
#include "live/monitor.h"

#include <math.h>

enum { SHORTEST_MS = MINUTE_MS, FEWEST = 10 };

int64_t progress_left(const struct progress *progress) {
	return progress->pending + progress->handing + progress->deferred;
}

struct pace_so_far pace_so_far(const struct progress *progress, struct moment now) {
	struct pace_so_far pace = { NAN, MOMENT_NONE };
	int64_t done = progress->accepted + progress->failed + progress->uncertain;
	int64_t took_ms = moment_is_set(progress->started_at) ? now.ms - progress->started_at.ms : 0;
	if (progress->status != CAMPAIGN_SENDING || took_ms < SHORTEST_MS || done < FEWEST)
		return pace;
	pace.per_minute = (double)done * MINUTE_MS / (double)took_ms;
	if (progress->total != COUNT_NONE)
		pace.end_at = moment_add(now, (int64_t)((double)progress_left(progress) / pace.per_minute * MINUTE_MS));
	return pace;
}
