/* The overview: figures of the campaigns sent in a period, beside the period before. */
#ifndef DASHBOARD_DASHBOARD_H
#define DASHBOARD_DASHBOARD_H

#include "campaigns/campaign.h"

struct period {
	const char *name;       /* as in the address */
	struct moment from, to; /* [from, to); MOMENT_NONE both for all */
};

/* 7d 28d 30d 90d 12m all (days up to the end of today, UTC), or from= and to=. 90d when nothing is said.
 * INVALID names the parameter. */
bool period_read(const struct params *query, struct moment now, struct period *period,
                 struct error *err) MUST_CHECK;

/* The same length, right before. */
struct period period_before(const struct period *period);

extern const struct route dashboard_routes[];

#endif
