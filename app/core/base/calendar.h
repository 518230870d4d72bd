/* The calendar: days, weeks, months and years of UTC, and what clocks on walls of other zones show. Pure.
 *
 * All moments are at 00:00 UTC unless something else is said. The calendar is the Gregorian one for all time. */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H

#include "core/base/moment.h"

enum { WEEK_DAYS = 7 };
#define WEEK_MS (WEEK_DAYS * DAY_MS)

struct date {
	int year, month, day; /* month and day from 1 */
};

bool date_is_real(struct date date);
struct date date_of(struct moment at);
struct moment date_start(struct date date); /* of a real one */

int weekday_of(struct moment at); /* 0 is Monday, 6 Sunday */

struct moment day_start(struct moment at);
struct moment week_start(struct moment at); /* its Monday */
struct moment year_start(struct moment at); /* its 1st of January */

/* The first day of the month that lies so many months after that of `at`; before it for negative ones. */
struct moment month_start(struct moment at, int months);

/* How many months `later` lies after `earlier` by the calendar, whatever the days: 1 from 31 January to 1 February. */
int months_between(struct moment earlier, struct moment later);

/* The same day and time of the year before. The 29th of February becomes the 28th or, with `up`, the 1st of March. */
struct moment year_before(struct moment at, bool up);

/* A zone of the tz database, like Europe/Berlin. NULL: there is no such zone. */
struct zone;
struct zone *zone_open(const char *name);
void zone_close(struct zone *zone);
#define ZONE_AUTO __attribute__((cleanup(zone_close_at))) struct zone *
static inline void zone_close_at(struct zone **zone) {
	zone_close(*zone);
}

/* What a clock on a wall of the zone shows then, as if it were UTC. */
struct moment zone_wall(const struct zone *zone, struct moment at);

/* When the clock shows that. A time that is skipped in spring is the moment to which clocks were set; one that comes
 * twice in autumn is the second (standard time). */
struct moment zone_moment(const struct zone *zone, struct moment wall);

#endif
