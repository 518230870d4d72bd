/* Things with an expiry: a lease, a wait, a closed limit. */
#ifndef BASE_LEASE_H
#define BASE_LEASE_H

#include "core/base/moment.h"

/* Is something that was set to last `length_ms`, until `until`, still valid? Not if `until` is more than twice that
 * length ahead: the clock was then set back after it was written. MOMENT_NONE is never valid. */
static inline bool lease_counts(struct moment until, int64_t length_ms, struct moment now) {
	return moment_is_set(until) && until.ms > now.ms && (until.ms - now.ms + 1) / 2 <= length_ms;
}

#endif
