/* Percentiles, intervals, anomalies. */
#include "metrics/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double z95 = 1.959963984540054;   /* the 97.5th percentile of the normal distribution */
static const double mad_to_deviation = 1.4826; /* for normal data */
static const double anomaly_deviations = 3;

static double *copied(const double *values, int count) {
	double *copy = malloc(sizeof *copy * (size_t)count);
	if (!copy)
		abort();
	return memcpy(copy, values, sizeof *copy * (size_t)count);
}

static void swap(double *a, double *b) {
	double kept = *a;
	*a = *b;
	*b = kept;
}

/* Moves the value that would stand at `n` in order there, lesser ones before it, greater ones behind (C. A. R. Hoare,
 * Algorithm 65: FIND, 1961), with the median of three as pivot. */
static double select_nth(double *values, int count, int n) {
	int low = 0, high = count - 1;
	while (low < high) {
		int middle = low + (high - low) / 2, i = low, k = high;
		if (values[middle] < values[low])
			swap(&values[middle], &values[low]);
		if (values[high] < values[low])
			swap(&values[high], &values[low]);
		if (values[high] < values[middle])
			swap(&values[high], &values[middle]);
		double pivot = values[middle];
		while (i <= k) {
			while (values[i] < pivot)
				i++;
			while (values[k] > pivot)
				k--;
			if (i <= k)
				swap(&values[i++], &values[k--]);
		}
		if (n <= k)
			high = k;
		else if (n >= i)
			low = i;
		else
			break;
	}
	return values[n];
}

double stats_percentile(const double *values, int count, double q) {
	if (!count)
		return NAN;
	double *copy = copied(values, count);
	double at = q / 100 * (count - 1);
	int below = (int)floor(at);
	double lower = select_nth(copy, count, below), upper = lower;
	/* The next one is the least of those behind. */
	for (int i = below + 1; i < count; i++)
		upper = i == below + 1 || copy[i] < upper ? copy[i] : upper;
	free(copy);
	return lower + (upper - lower) * (at - below);
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

struct interval stats_wilson(int64_t part, int64_t whole) {
	if (whole <= 0 || part < 0 || part > whole)
		return (struct interval){ NAN, NAN };
	double n = (double)whole, p = (double)part / n, z = z95;
	double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
	double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
	return (struct interval){ 100 * fmax(0, middle - half), 100 * fmin(1, middle + half) };
}

bool stats_is_anomaly(double value, const double *usual, int count, double floor_) {
	if (count < ANOMALY_LEAST || isnan(value))
		return false;
	double distance = fabs(value - stats_median(usual, count));
	return distance > anomaly_deviations * mad_to_deviation * stats_mad(usual, count) && distance > floor_;
}
