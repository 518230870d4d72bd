/* What a rate usually is, and whether one is usual. Pure. */
#ifndef METRICS_USUAL_H
#define METRICS_USUAL_H

#include "metrics/metrics.h"

/* The interquartile range and the median of the rates of `count` campaigns, in percent; NaN without any. */
struct usual {
	double low, median, high;
	int count;
};
struct usual usual_of(const double *rates, int count);

/* "2.40–3.00 %, median 2.70 %"; NULL without any. */
const char *usual_text(struct arena *arena, enum metric metric, const struct usual *usual);

/* "2.4–3.0 %": the range, with a decimal less than the rate itself, but with all if it is below 1 % or one less does
 * not tell its ends apart, or `exact`, as beside a rate that lies outside; NULL without any. */
const char *usual_range_text(struct arena *arena, enum metric metric, const struct usual *usual, bool exact);

/* A rate is above or below the usual if its whole interval (stats_wilson) is; else within it. It is not judged if it or
 * its interval is undefined, or by fewer than USUAL_MIN campaigns. */
enum { USUAL_MIN = 5 };
enum judgement { JUDGED_NOT, JUDGED_BELOW, JUDGED_WITHIN, JUDGED_ABOVE };
enum judgement usual_judge(const struct usual *usual, const struct metrics *metrics, enum metric metric);

/* The same of what has settled, where another rate is shown, which counts also what is still collecting: a rate that
 * does not stand outside the range itself is within it. */
enum judgement usual_judge_beside(const struct usual *usual, const struct metrics *settled, double shown,
                                  enum metric metric);

/* "above its usual range"; NULL if not judged. *side, for a colour: "better", "worse", or NULL. */
const char *judgement_text(enum judgement judgement, enum metric metric, const char **side);

/* "Above" or "Below"; NULL within the range or not judged. *kind, for a colour: "good" or "bad", or NULL. */
const char *verdict_text(enum judgement judgement, enum metric metric, const char **kind);

#endif
