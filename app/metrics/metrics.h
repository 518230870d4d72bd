/* What is counted and what is computed from it: the one place that computes a rate.
 *
 * Counts are unique people unless a name says total. delivered = sent - bounced, hard and soft.
 * Rates are NaN when their denominator is 0 or unknown; pages show "–", the API shows 0. */
#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include "core/fields/field.h"

struct metrics {
	int64_t sent, opened, clicked, bounced, unsubscribed, spam_complaints;
	int64_t opened_total, clicked_total, bounced_hard, bounced_soft;
};
extern const struct record_type metrics_record;

enum metric {
	METRIC_OPEN_RATE,
	METRIC_CLICK_RATE,
	METRIC_CLICK_TO_OPEN_RATE,
	METRIC_BOUNCE_RATE,
	METRIC_UNSUBSCRIBE_RATE,
	METRIC_COMPLAINT_RATE,
	METRIC_COUNT,
};

struct metric_row {
	const char *key, *name, *formula, *denominator, *caveat;
	int decimals;
	bool up_is_good;
	double floor; /* percentage points that a rate must be off the usual to be worth a word; 0: never */
};
extern const struct metric_row metric_rows[METRIC_COUNT];

int64_t metrics_delivered(const struct metrics *metrics);

/* Percent; NaN without denominator. */
double metrics_rate(const struct metrics *metrics, enum metric metric);

/* What the rate counts, and of how many. */
int64_t metrics_part(const struct metrics *metrics, enum metric metric);
int64_t metrics_whole(const struct metrics *metrics, enum metric metric);

/* The API's form of an absent number: 0. */
double metric_or_zero(double number);

/* Puts "rates", a map of all rates in percent, into `map`. */
void metrics_put_rates(struct value *map, const struct metrics *metrics);

void metrics_add(struct metrics *sum, const struct metrics *one);
bool metrics_equal(const struct metrics *a, const struct metrics *b);

/* Names the first counter that is lower in `now` than in `before`; NULL when none fell. */
const char *metrics_decreased(const struct metrics *before, const struct metrics *now);

/* The first limit that the figures pass, in words ("Complaint rate 0.140 %, limit 0.10 %"); NULL when none, or
 * when fewer than METRICS_FEW people got the mail. Limits: complaints 0.10 % (Google's sender guidelines),
 * hard bounces 2 % of sent, unsubscribes 0.5 %. */
enum { METRICS_FEW = 100 };
const char *metrics_alarm(struct arena *arena, const struct metrics *metrics);

/* "41.3 %" with the metric's decimals, "–" for NaN. */
const char *metric_text(struct arena *arena, enum metric metric, double percent);

/* "▲ 0.30 pp" for two rates (`points`), "▼ 4.10 %" for two counts, "no change"; *verdict is "better", "worse" or NULL.
 * NULL when either is NaN, or the count before is 0. */
const char *metric_change_text(struct arena *arena, double now, double before, bool points, bool up_is_good,
                               const char **verdict);

/* Statistics over an array without NaN. NaN when count is 0. Population deviation (NumPy's default). */
double stats_mean(const double *values, int count);
double stats_median(const double *values, int count);
double stats_deviation(const double *values, int count);

/* Means of `window` neighbours, count - window + 1 of them ('valid' mode); returns how many. */
int stats_moving_average(const double *values, int count, int window, double *averages);

/* Linear interpolation between order statistics (NumPy's default); `q` from 0 to 100. NaN when count is 0. */
double stats_percentile(const double *values, int count, double q);

/* Median of the distances from the median. NaN when count is 0. */
double stats_mad(const double *values, int count);

struct interval {
	double low, high;
};

/* Wilson's score interval for `part` of `whole` in percent, 95 % (E. B. Wilson, Probable inference, 1927). NaN both
 * when whole is 0 or part is no part of it. */
struct interval stats_wilson(int64_t part, int64_t whole);

/* Between which one more value like these will lie with that chance (percent), however they are spread: the order
 * statistics at p (n + 1) (type 6 of R. J. Hyndman and Y. Fan, Sample Quantiles in Statistical Packages, 1996). NaN
 * both when count is 0. Few values do not reach far enough: all of their range then, which holds less, see
 * stats_prediction_chance. */
struct interval stats_prediction(const double *values, int count, double chance);

/* The chance (percent) that it really has: the one asked for, or (n - 1) / (n + 1), which the whole range has. */
double stats_prediction_chance(int count, double chance);

/* Half the width of the range in which the sum of the next `next` values will lie with a chance of 95 %, if they vary
 * as these did, normally and each by itself: Student's t × deviation of the sample × sqrt(next + next² / count).
 * Student's t by its expansion (M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 26.7.5), right to
 * 0.1 % from PREDICTION_MIN values on; NaN with fewer. */
enum { PREDICTION_MIN = 6 };
double stats_sum_prediction(const double *values, int count, int next);

/* Is `value` farther than three times 1.4826 × MAD from the median of `usual`, and farther than `floor`? False with
 * fewer than ANOMALY_MIN values to compare with. */
enum { ANOMALY_MIN = 6 };
bool stats_is_anomaly(double value, const double *usual, int count, double floor);

#endif
