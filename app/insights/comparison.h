/* Campaigns beside each other: which differences are more than chance. Pure. */
#ifndef INSIGHTS_COMPARISON_H
#define INSIGHTS_COMPARISON_H

#include "campaigns/campaign.h"
#include "metrics/metrics.h"
#include "metrics/statistics.h"

enum { COMPARED_MAX = DIFFERENCE_MAX };

/* Why none of them is called better yet, however much they differ. */
struct reserve {
	const char *verdict, *title, *text; /* "Still collecting"; of the finding: its title, and when there will be one */
};

/* What keeps them from being judged at `now`: one is still collecting, or went to fewer than METRICS_FEW people. NULL:
 * nothing. At most COMPARED_MAX campaigns. */
const struct reserve *comparison_reserve(struct arena *arena, const struct campaign *campaigns, int count,
                                         struct moment now);

/* What is compared of one rate: the part and the whole of each campaign, COUNT_NONE if unknown. */
struct compared {
	struct share_of shares[COMPARED_MAX];
	int count;
	const struct reserve *reserve; /* NULL: they can be judged */
};

/* Of two campaigns the first less the second; of more the best less the worst. */
struct difference {
	int first, second; /* which campaigns; -1 if fewer than two are known */
	double points;
	struct interval interval;      /* 95 %, of all pairs together (stats_difference) */
	int better;                    /* the better one if the interval excludes 0 and they can be judged; else -1 */
	bool is_best;                  /* of more than two: and it is clearly better than each of the others */
	bool none;                     /* nobody did it in any of them */
	const struct reserve *reserve; /* that of what is compared */
};
struct difference difference_of(const struct compared *compared, enum metric metric);

/* The letter of a campaign: "A". */
const char *compared_letter(int i);

/* "A is better", "A is best", "A is better than C", "No clear difference", "None", "Not known", or the verdict of the
 * reserve; *clear: is it one of the first three? Of opens nothing is better, because they are unreliable. */
const char *difference_verdict(struct arena *arena, enum metric metric, const struct difference *difference, int count,
                               bool *clear);

/* "+2.36 pp" and "0.9 to 3.9"; NULL if unknown. */
const char *difference_points(struct arena *arena, enum metric metric, const struct difference *difference);
const char *difference_interval(struct arena *arena, enum metric metric, const struct difference *difference);

/* The finding over all rates: a title about clicks and a text. `when`: "after 3 days" or "to date". */
struct finding {
	const char *title, *text;
};
struct finding comparison_finding(struct arena *arena, const struct compared compared[METRIC_COUNT], const char *when);

#endif
