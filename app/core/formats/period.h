/* Periods in a query string (period=90d, or from=…&to=…) and what they are compared with. UTC. */
#ifndef FORMATS_PERIOD_H
#define FORMATS_PERIOD_H

#include "core/base/moment.h"
#include "core/formats/url.h"

struct period {
	const char *name;       /* as in the query; "custom" for from/to */
	struct moment from, to; /* [from, to); both MOMENT_NONE for "all" */
};

struct period_name {
	const char *key, *label;
};
extern const struct period_name period_names[]; /* terminated by a NULL key */

/* 7d 28d 30d 90d 12m (ending with today), mtd, lastmonth, ytd, all; or from= and to=, both days inclusive, either
 * optional. `otherwise` is the default. INVALID names the parameter. */
bool period_read(const struct params *query, struct moment now, const char *otherwise, struct period *period,
                 struct error *err) MUST_CHECK;

/* The period of the same length just before; with `weekdays` shifted back by whole weeks. */
struct period period_before(const struct period *period, bool weekdays);

/* The same days and times a year earlier; 29 February becomes 28 February as a start and 1 March as an end. */
struct period period_year_before(const struct period *period);

/* compare=prev|year|none|custom (with cfrom, cto), default prev, and match=date|weekday. If there is nothing to compare
 * with, *has is false and *compared is all of time. INVALID names the parameter. */
bool period_compare(const struct params *query, const struct period *period, struct period *compared, bool *has,
                    struct error *err) MUST_CHECK;

/* as_of=: a past moment; a bare day means its end. MOMENT_NONE if absent or empty. INVALID for anything else and for
 * the future. */
bool period_as_of(const struct params *query, struct moment now, struct moment *as_of, struct error *err) MUST_CHECK;

#endif
