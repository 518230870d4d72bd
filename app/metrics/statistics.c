/* Averages, spreads, intervals, predictions, outliers. */
#include "metrics/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double z95 = 1.959963984540054;   /* the 97.5th percentile of the normal distribution */
static const double mad_to_deviation = 1.4826; /* for normal data */
static const double anomaly_deviations = 3;

double stats_mean(const double *values, int count) {
	double sum = 0;
	for (int i = 0; i < count; i++)
		sum += values[i];
	return count ? sum / count : NAN;
}

double stats_median(const double *values, int count) {
	return stats_percentile(values, count, 50);
}

double stats_deviation(const double *values, int count) {
	double mean = stats_mean(values, count), sum = 0;
	for (int i = 0; i < count; i++)
		sum += (values[i] - mean) * (values[i] - mean);
	return count ? sqrt(sum / count) : NAN;
}

int stats_moving_average(const double *values, int count, int window, double *averages) {
	int defined = count >= window ? count - window + 1 : 0;
	for (int i = 0; i < defined; i++)
		averages[i] = stats_mean(values + i, window);
	return defined;
}

static double *copied(const double *values, int count) {
	double *copy = malloc(sizeof *copy * (size_t)count);
	if (!copy)
		abort();
	return memcpy(copy, values, sizeof *copy * (size_t)count);
}

/* Moves values less than the pivot (with `equal_too`, not greater) to the front and returns their number. Branchless,
 * because the branch would be unpredictable. */
static inline int move_lesser(double *values, int count, double pivot, bool equal_too) {
	int lesser = 0;
	for (int i = 0; i < count; i++) {
		double value = values[i];
		values[i] = values[lesser];
		values[lesser] = value;
		lesser += equal_too ? value <= pivot : value < pivot;
	}
	return lesser;
}

static double middle_of(double a, double b, double c) {
	return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* Quickselect (C. A. R. Hoare, Algorithm 65: FIND, 1961) with median-of-three pivot: puts the n-th smallest value at
 * index n, with none greater before and none smaller after. Values equal to the pivot are split off, because rates of
 * small campaigns repeat. */
static double select_nth(double *values, int count, int n) {
	for (;;) {
		double pivot = middle_of(values[0], values[count / 2], values[count - 1]);
		int lesser = move_lesser(values, count, pivot, false);
		if (n < lesser) {
			count = lesser;
			continue;
		}
		int equal = move_lesser(values + lesser, count - lesser, pivot, true);
		if (n < lesser + equal || isnan(pivot))
			return pivot;
		values += lesser + equal, count -= lesser + equal, n -= lesser + equal;
	}
}

double stats_percentile(const double *values, int count, double q) {
	if (!count)
		return NAN;
	double *copy = copied(values, count);
	double at = q / 100 * (count - 1);
	int below = (int)floor(at);
	double lower = select_nth(copy, count, below), upper = lower;
	/* The next in order is the smallest of the rest. */
	for (int i = below + 1; i < count; i++)
		upper = i == below + 1 || copy[i] < upper ? copy[i] : upper;
	free(copy);
	return lower + (upper - lower) * (at - below);
}

double stats_prediction_chance(int count, double chance) {
	return count > 0 ? fmin(chance, 100.0 * (count - 1) / (count + 1)) : NAN;
}

struct interval stats_prediction(const double *values, int count, double chance) {
	if (count < 2)
		return count ? (struct interval){ values[0], values[0] } : (struct interval){ NAN, NAN };
	double rank = (100 - chance) / 200 * (count + 1) - 1; /* zero-based */
	double q = 100 * fmax(0, rank) / (count - 1);
	return (struct interval){ stats_percentile(values, count, q), stats_percentile(values, count, 100 - q) };
}

/* The 97.5th percentile of Student's t distribution. */
static double student95(double freedom) {
	double z = z95, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
	return z + (z3 + z) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom * freedom) +
	       (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom * freedom * freedom);
}

double stats_sum_prediction(const double *values, int count, int next) {
	if (count < PREDICTION_MIN)
		return NAN;
	double n = count, m = next, deviation = stats_deviation(values, count) * sqrt(n / (n - 1));
	return student95(n - 1) * deviation * sqrt(m + m * m / n);
}

double stats_mad(const double *values, int count) {
	double median = stats_median(values, count);
	if (!count)
		return NAN;
	double *distances = copied(values, count);
	for (int i = 0; i < count; i++)
		distances[i] = fabs(values[i] - median);
	double mad = stats_median(distances, count);
	free(distances);
	return mad;
}

static struct interval wilson_at(int64_t part, int64_t whole, double z) {
	if (whole <= 0 || part < 0 || part > whole)
		return (struct interval){ NAN, NAN };
	double n = (double)whole, p = (double)part / n;
	double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
	double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
	/* Rounding would leave a trace above 0 and below 1 where the bounds are exact. */
	return (struct interval){ part == 0 ? 0 : 100 * fmax(0, middle - half),
		                      part == whole ? 100 : 100 * fmin(1, middle + half) };
}

struct interval stats_wilson(int64_t part, int64_t whole) {
	return wilson_at(part, whole, z95);
}

struct interval stats_difference(struct share_of first, struct share_of second, int of) {
	/* The normal distribution's percentiles at 1 - 0.025 / pairs. */
	static const double z_of[] = { [2] = 1.959963984540054,
		                           [3] = 2.393979799818510,
		                           [4] = 2.638257273476751,
		                           [5] = 2.807033768343811,
		                           [6] = 2.935199468866699 };
	double z = z_of[of < 2 ? 2 : of > DIFFERENCE_MAX ? DIFFERENCE_MAX : of];
	struct interval a = wilson_at(first.part, first.whole, z), b = wilson_at(second.part, second.whole, z);
	if (isnan(a.low) || isnan(b.low))
		return (struct interval){ NAN, NAN };
	double p = 100 * (double)first.part / (double)first.whole, q = 100 * (double)second.part / (double)second.whole;
	return (struct interval){ p - q - hypot(p - a.low, b.high - q), p - q + hypot(a.high - p, q - b.low) };
}

bool stats_excludes_zero(struct interval interval) {
	return interval.low > 0 || interval.high < 0;
}

bool stats_is_anomaly(double value, const double *usual, int count, double floor_) {
	if (count < ANOMALY_MIN || isnan(value))
		return false;
	double distance = fabs(value - stats_median(usual, count));
	return distance > anomaly_deviations * mad_to_deviation * stats_mad(usual, count) && distance > floor_;
}
