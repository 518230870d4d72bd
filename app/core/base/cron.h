/* Recurring times: the five fields of crontab(5) in a time zone. */
#ifndef BASE_CRON_H
#define BASE_CRON_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/moment.h"

struct cron {
	uint64_t minutes;                       /* one bit per value, 0 to 59 */
	uint32_t hours, days, months, weekdays; /* 0-23, 1-31 (0 is the last of the month), 1-12, 0-6 (0 is Sunday) */
	bool any_day, any_weekday; /* begins with *; as in crontab(5), if neither does, either may match, else both must */
};

/* "minute hour day month weekday" with numbers, names of months and weekdays, lists, ranges and steps, and L for the
 * last day of the month; or "daily", "weekly" (Monday) and "monthly" (the 1st), all at 08:00. INVALID names field
 * "cron". */
bool cron_read(const char *text, struct cron *cron, struct error *err) MUST_CHECK;

/* Pure. The first matching moment after `after`; MOMENT_NONE if there is none within five years (30 February, say).
 * Local times that are skipped or occur twice are resolved as in zone_moment. */
struct moment cron_next(const struct cron *cron, const char *zone, struct moment after);

#endif
