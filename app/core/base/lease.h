/* Things with an expiry: a lease, a wait, a closed limit. */
#ifndef BASE_LEASE_H
#define BASE_LEASE_H

#include "core/base/moment.h"

/* Is something that was set to last `length_ms`, until `until`, still valid? Not if `until` is more than twice that
 * length ahead: the clock was then set back after it was written. MOMENT_NONE is never valid. */
static inline bool lease_counts(struct moment until, int64_t length_ms, struct moment now) {
	return moment_is_set(until) && until.ms > now.ms && (until.ms - now.ms + 1) / 2 <= length_ms;
}

/* Was `at` less than `length_ms` ago? A time in the future, left by a clock that was set back, counts for no longer
 * than that length. */
static inline bool was_lately(struct moment at, int64_t length_ms, struct moment now) {
	return moment_is_set(at) && lease_counts(moment_add(at, length_ms), length_ms, now);
}

#endif
