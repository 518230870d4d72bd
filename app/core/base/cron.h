/* When something repeats: the five fields of crontab(5) in a time zone. */
#ifndef BASE_CRON_H
#define BASE_CRON_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/moment.h"

struct cron {
	uint64_t minutes;                       /* a bit each, 0 to 59 */
	uint32_t hours, days, months, weekdays; /* 0-23, 1-31, 1-12, 0-6 (0 is Sunday) */
	bool any_day, any_weekday;              /* as crontab(5): with both restricted, either is enough */
};

/* "minute hour day month weekday": numbers, names of months and weekdays, lists, ranges and steps; or daily, weekly
 * (Monday) and monthly (the 1st), at 08:00. INVALID names field "cron". */
bool cron_read(const char *text, struct cron *cron, struct error *err) MUST_CHECK;

/* A zone of the tz database, like Europe/Berlin. INVALID names field "zone". */
bool cron_check_zone(const char *zone, struct error *err) MUST_CHECK;

/* Pure. The first moment after `after` that matches in that zone; MOMENT_NONE when there is none within five years (the
 * 30th of February). Local times that are skipped or come twice are those of zone_moment. */
struct moment cron_next(const struct cron *cron, const char *zone, struct moment after);

#endif
