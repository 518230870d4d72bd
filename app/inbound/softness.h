/* Bounces that are not for good, again and again: when an address is taken for dead all the same. Pure. */
#ifndef INBOUND_SOFTNESS_H
#define INBOUND_SOFTNESS_H

#include "core/base/moment.h"

struct soft_bounce {
	const char *campaign_id;
	const char *status; /* "4.4.7"; NULL: unknown */
	struct moment at;
};

enum { SOFT_POINTS = 3, SOFT_DAYS = 14, SOFT_POINTS_AT_ONCE = 5, SOFT_MAX = 200 };

/* One point for each campaign and day, two for one that was given up after days of trying (4.4.7); only those after
 * `since`, their newest click. Too often: SOFT_POINTS over at least SOFT_DAYS, or SOFT_POINTS_AT_ONCE. *points: how
 * many. In any order. */
bool soft_is_too_often(const struct soft_bounce *bounces, int count, struct moment since, int *points);

#endif
