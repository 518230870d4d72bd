/* Local time: the time zone in which this process shows times and bounds days, weeks, months and periods at present.
 * It is set at the beginning of each request and job: to the account's for pages and downloads, to a report's own while
 * that is composed, and to UTC for everything of the API. A wall time is local time represented as if it were UTC
 * (core/base/calendar.h). */
#ifndef BASE_LOCAL_H
#define BASE_LOCAL_H

#include "core/base/calendar.h"

/* NULL, "" or a name that the system does not know is UTC. The name must live as long as it is set. */
void local_use(const char *zone);

/* The name that was set; "UTC" for UTC. local_zone: NULL for UTC. */
const char *local_name(void);
const struct zone *local_zone(void);

/* MOMENT_NONE stays MOMENT_NONE. local_moment is the inverse, as zone_moment. */
struct moment local_wall(struct moment at);
struct moment local_moment(struct moment wall);

/* When the local day of `at` began: a day may have 23 or 25 hours. */
struct moment local_day_start(struct moment at);

/* What clocks show as their zone then: "CET"; "UTC". Valid until local_use. */
const char *local_clock(struct moment at);

#endif
