/* A rate of campaign after campaign: the points that the dashboard draws, their mean and what was usual before each.
 * Pure. */
#ifndef INSIGHTS_SERIES_H
#define INSIGHTS_SERIES_H

#include "insights/figures.h"

enum { SERIES_MEAN_OF = 7 };

struct point {
	const struct campaign *campaign;
	double rate, mean;  /* percent; the mean of this point and the SERIES_MEAN_OF - 1 ranked ones before it, NaN for the
	                     * first ones and those that cannot be ranked */
	struct usual usual; /* of the USUAL_OF settled campaigns before it; count 0 until series_put_usual */
};

/* The campaigns that were sent completely and whose rate is defined (one that is being sent would look like a failure),
 * oldest first. Low, high and median are NaN without any; all three are of those that can be ranked (series_ranks). */
struct series {
	struct point *points;
	int count, ranked;
	int few, collecting; /* that cannot be ranked: too few people, results still coming in */
	double low, high, median;
	struct moment now;
};
struct series series_of(const struct figures *figures, enum metric metric, struct moment now, struct arena *arena);

/* Can the campaign be called the best or the worst? It went to METRICS_FEW people, and its rates can be judged. */
bool series_ranks(const struct campaign *campaign, struct moment now);

/* Why a campaign is no point of the series: "nothing delivered"; NULL if it is one. */
const char *series_gap(const struct campaign *campaign, enum metric metric);

/* Sets the usual range of each point. `known`: the campaigns of the series and those before them, newest sending first;
 * `as_of` as in figures_usual_of. */
void series_put_usual(struct series *series, const struct campaign *known, int count, enum metric metric,
                      struct moment as_of);

/* Of the points that can be ranked, those with the lowest and the highest rate; of equal ones the newest. NULL without
 * any. */
const struct point *series_lowest(const struct series *series);
const struct point *series_highest(const struct series *series);

#endif
