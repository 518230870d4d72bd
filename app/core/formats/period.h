/* Periods in a query string (period=90d, or from=…&to=…) and what they are compared with. Their days are local
 * (core/base/local.h). */
#ifndef FORMATS_PERIOD_H
#define FORMATS_PERIOD_H

#include "core/base/calendar.h"
#include "core/formats/url.h"

struct period {
	const char *name;       /* as in the query; "custom" for from/to */
	struct moment from, to; /* [from, to); both MOMENT_NONE for "all" */
};

struct period_name {
	const char *key, *label;
};
extern const struct period_name period_names[]; /* terminated by a NULL key */

/* 7d 28d 30d 90d and 12m, twelve months of the calendar (ending with today), mtd, lastmonth, ytd, all; or from= and
 * to=, both days inclusive, either optional. `otherwise` is the default. INVALID names the parameter. */
bool period_read(const struct params *query, struct moment now, const char *otherwise, struct period *period,
                 struct error *err) MUST_CHECK;

/* The same for a wall time, in wall times: whatever zone is in use. */
bool period_read_wall(const struct params *query, struct moment wall_now, const char *otherwise, struct period *period,
                      struct error *err) MUST_CHECK;

/* Pure, in wall times: what came just before. Months: as many months of the calendar; mtd: the same days of the month
 * before (to its end at most); ytd and 12m: the same days of the year before; any other period: as many days. With
 * `weekdays`: its length rounded up to whole weeks earlier. */
struct period period_before(const struct period *period, bool weekdays);

/* Pure, in wall times: the same days and times a year earlier; 29 February becomes 28 February as a start and 1 March
 * as an end. */
struct period period_year_before(const struct period *period);

/* A period of local time, represented as if it were UTC (zone_wall), as moments; and the inverse. NULL is UTC. */
struct period period_moments(const struct period *wall, const struct zone *zone);
struct period period_wall(const struct period *period, const struct zone *zone);

/* compare=prev|year|none|custom (with cfrom, cto), default prev, and match=date|weekday. If there is nothing to compare
 * with, *has is false and *compared is all of time. INVALID names the parameter. */
bool period_compare(const struct params *query, const struct period *period, struct period *compared, bool *has,
                    struct error *err) MUST_CHECK;

/* as_of=: a past moment; a bare day means its end. MOMENT_NONE if absent or empty. INVALID for anything else and for
 * the future. */
bool period_as_of(const struct params *query, struct moment now, struct moment *as_of, struct error *err) MUST_CHECK;

#endif
