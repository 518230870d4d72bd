/* Spans of time in an address: period=90d or from=…&to=…, and what they are compared with. UTC. */
#ifndef FORMATS_PERIOD_H
#define FORMATS_PERIOD_H

#include "core/base/moment.h"
#include "core/formats/url.h"

struct period {
	const char *name;       /* as in the address; "custom" for from/to */
	struct moment from, to; /* [from, to); both MOMENT_NONE for "all" */
};

struct period_name {
	const char *key, *label;
};
extern const struct period_name period_names[]; /* ends with a NULL key */

/* 7d 28d 30d 90d 12m (days up to the end of today), mtd, lastmonth, ytd, all; or from= and to=, both days
 * inclusive, either may be missing. `otherwise` holds when nothing is said. INVALID names the parameter. */
bool period_read(const struct params *query, struct moment now, const char *otherwise, struct period *period,
                 struct error *err) MUST_CHECK;

/* The same length right before; with `weekdays` shifted back by whole weeks. */
struct period period_before(const struct period *period, bool weekdays);

/* The same days and times of the year before; the 29th of February begins as the 28th and ends as the 1st of March. */
struct period period_year_before(const struct period *period);

/* compare=prev|year|none|custom (with cfrom, cto) and match=date|weekday. *compared is all of time where there
 * is nothing to compare with (*has false). prev holds when nothing is said. INVALID names the parameter. */
bool period_compare(const struct params *query, const struct period *period, struct period *compared, bool *has,
                    struct error *err) MUST_CHECK;

/* as_of=: the state as it was then; a bare day means its end. MOMENT_NONE when nothing is said or it is empty. INVALID
 * for anything else and for the future. */
bool period_as_of(const struct params *query, struct moment now, struct moment *as_of, struct error *err) MUST_CHECK;

#endif
