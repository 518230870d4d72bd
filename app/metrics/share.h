/* Percentages and changes: the arithmetic of every rate. Pure. */
#ifndef METRICS_SHARE_H
#define METRICS_SHARE_H

#include <stdint.h>

#include "core/base/arena.h"

/* `part` of `whole` as percent or as fraction; NaN unless the whole is above 0, neither is COUNT_NONE, and it is a
 * part: not below 0 and not above the whole. */
double share_percent(int64_t part, int64_t whole);
double share_fraction(int64_t part, int64_t whole);

/* `percent` of `whole`, not rounded. */
double share_people(double percent, int64_t whole);

/* "41.2 %"; "–" if undefined. */
char *share_text(struct arena *arena, int64_t part, int64_t whole);

/* The difference of two rates in percentage points; and the change from `before` to `now` in percent, NaN if `before`
 * is 0. Both NaN if either argument is. */
double change_points(double now, double before);
double change_percent(double now, double before);

/* The absolute deviation of `value` from `expected`, in percent of the latter. */
double distance_percent(double value, double expected);

#endif
