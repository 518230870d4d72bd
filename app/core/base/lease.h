/* Something that holds for a time: a lease, a wait, a closed limit. */
#ifndef BASE_LEASE_H
#define BASE_LEASE_H

#include "core/base/moment.h"

/* Does what was to hold for `length_ms`, until `until`, still hold? What ends further ahead than twice its length was
 * written before the clock was put back: it does not hold. MOMENT_NONE never holds. */
static inline bool lease_counts(struct moment until, int64_t length_ms, struct moment now) {
	return moment_is_set(until) && until.ms > now.ms && (until.ms - now.ms + 1) / 2 <= length_ms;
}

#endif
