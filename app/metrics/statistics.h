/* Statistics over arrays of numbers without NaN: middles, spreads, intervals, predictions, outliers. Pure. */
#ifndef METRICS_STATISTICS_H
#define METRICS_STATISTICS_H

#include <stdbool.h>
#include <stdint.h>

/* NaN when count is 0. The deviation is that of a population (NumPy's default). */
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
