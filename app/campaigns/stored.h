/* What the files of this room share of storing; nobody else includes it. */
#ifndef CAMPAIGNS_STORED_H
#define CAMPAIGNS_STORED_H

#include "core/store/store.h"

static const char CAMPAIGNS[] = "campaigns", SNAPSHOTS[] = "campaign_metrics_snapshots";

/* Every write of a campaign that changes more than who saw it last carries it: workers read again what is stamped
 * newly. */
static inline struct edit campaign_stamp(void) {
	return set_moment("changed_at", moment_now());
}

#endif
