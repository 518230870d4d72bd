/* Statistics over arrays of numbers without NaN: averages, spreads, intervals, predictions, outliers. Pure. */
#ifndef METRICS_STATISTICS_H
#define METRICS_STATISTICS_H

#include <stdbool.h>
#include <stdint.h>

/* NaN if count is 0. The deviation is the population's (NumPy's default). */
double stats_mean(const double *values, int count);
double stats_median(const double *values, int count);
double stats_deviation(const double *values, int count);

/* Moving average over `window` values; writes and returns count - window + 1 of them ('valid' mode). */
int stats_moving_average(const double *values, int count, int window, double *averages);

/* Linear interpolation between order statistics (NumPy's default); `q` from 0 to 100. NaN if count is 0. */
double stats_percentile(const double *values, int count, double q);

/* Median absolute deviation. NaN if count is 0. */
double stats_mad(const double *values, int count);

struct interval {
	double low, high;
};

/* Wilson's score interval for `part` of `whole` in percent, 95 % (E. B. Wilson, Probable inference, 1927). Both NaN if
 * whole is 0 or part is not within it. */
struct interval stats_wilson(int64_t part, int64_t whole);

/* Newcombe's interval for the difference of two shares, first less second, in percentage points: his method 10 from
 * Wilson's intervals (R. G. Newcombe, Interval estimation for the difference between independent proportions, 1998).
 * `of`: from how many shares the pair was chosen, 2 to DIFFERENCE_MAX; with more than two it is so wide that the
 * intervals of all pairs hold together with 95 % (Bonferroni). Both NaN if one of Wilson's is. */
struct share_of {
	int64_t part, whole;
};
enum { DIFFERENCE_MAX = 6 };
struct interval stats_difference(struct share_of first, struct share_of second, int of);

/* Is it more than chance? False for NaN. */
bool stats_excludes_zero(struct interval interval);

/* Prediction interval that contains one more value from the same distribution, of any shape, with that probability
 * (percent): the order statistics at p (n + 1) (type 6 of R. J. Hyndman and Y. Fan, Sample Quantiles in Statistical
 * Packages, 1996). Both NaN if count is 0. With too few values it is their whole range, whose probability is lower, see
 * stats_prediction_chance. */
struct interval stats_prediction(const double *values, int count, double chance);

/* The actual probability (percent) of that interval: the requested one, or that of the whole range, (n - 1) / (n + 1),
 * if lower. */
double stats_prediction_chance(int count, double chance);

/* Half-width of the 95 % prediction interval for the sum of the next `next` values, assuming independent normal values:
 * Student's t × sample deviation × sqrt(next + next² / count). Student's t by its expansion (M. Abramowitz and I. A.
 * Stegun, Handbook of Mathematical Functions, 26.7.5), accurate to 0.1 % from PREDICTION_MIN values on; NaN with
 * fewer. */
enum { PREDICTION_MIN = 6 };
double stats_sum_prediction(const double *values, int count, int next);

/* Is `value` farther from the median of `usual` than both three times 1.4826 × MAD and `floor`? False with fewer than
 * ANOMALY_MIN values. */
enum { ANOMALY_MIN = 6 };
bool stats_is_anomaly(double value, const double *usual, int count, double floor);

#endif
