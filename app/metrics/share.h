/* Shares of a whole and changes: the arithmetic of every rate. Pure. */
#ifndef METRICS_SHARE_H
#define METRICS_SHARE_H

#include <stdint.h>

#include "core/base/arena.h"

/* `part` of `whole`, as percent and as fraction; NaN where the whole is not above 0 or either is COUNT_NONE. */
double share_percent(int64_t part, int64_t whole);
double share_fraction(int64_t part, int64_t whole);

/* How many of `whole` so many percent are; not rounded. */
double share_people(double percent, int64_t whole);

/* "41.2 %"; "–" for no share. */
char *share_text(struct arena *arena, int64_t part, int64_t whole);

/* How two rates differ, in percentage points; and how `now` differs from `before` in percent of that, NaN when that is
 * 0. NaN when either is. */
double change_points(double now, double before);
double change_percent(double now, double before);

/* How far `value` lies from what was expected, above or below, in percent of that. */
double distance_percent(double value, double expected);

#endif
