/* The calendar: days, weeks, months and years in UTC, and local time in other zones. Pure. Moments are at 00:00 UTC
 * unless stated otherwise. The calendar is proleptic Gregorian. */
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
struct moment date_start(struct date date); /* the date must exist */

int weekday_of(struct moment at); /* 0 is Monday, 6 Sunday */

struct moment day_start(struct moment at);
struct moment week_start(struct moment at); /* Monday of that week */
struct moment year_start(struct moment at); /* 1 January of that year */

/* The first day of the month that is `months` after that of `at`, or before it if negative. */
struct moment month_start(struct moment at, int months);

/* Calendar months from `earlier` to `later`, ignoring the day: 1 from 31 January to 1 February. */
int months_between(struct moment earlier, struct moment later);

/* The same day and time that many months later, or earlier if negative. A day that the month does not have becomes its
 * last one or, with `up`, the first of the next month. */
struct moment months_later(struct moment at, int months, bool up);

/* The same day and time a year earlier; 29 February as above. */
struct moment year_before(struct moment at, bool up);

/* A zone of the tz database, such as Europe/Berlin. NULL if there is no such zone. */
struct zone;
struct zone *zone_open(const char *name);
void zone_close(struct zone *zone);
#define ZONE_AUTO __attribute__((cleanup(zone_close_at))) struct zone *
static inline void zone_close_at(struct zone **zone) {
	zone_close(*zone);
}

/* What its clocks are called then, such as CET or CEST. Valid until the zone is closed. */
const char *zone_clock(const struct zone *zone, struct moment at);

/* Local time in the zone (NULL: UTC), represented as if it were UTC. MOMENT_NONE stays MOMENT_NONE. */
struct moment zone_wall(const struct zone *zone, struct moment at);

/* The inverse of zone_wall. A local time skipped in spring gives the moment of the change; one that occurs twice in
 * autumn gives the second (standard time). */
struct moment zone_moment(const struct zone *zone, struct moment wall);

/* The same, but of a local time that occurs twice the first. */
struct moment zone_first_moment(const struct zone *zone, struct moment wall);

#endif
