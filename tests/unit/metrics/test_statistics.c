/* Statistics checked against NumPy and SciPy; make_statistics.py prints statistics.inc. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "metrics/statistics.h"

#include "unit/metrics/statistics.inc"

enum { SAMPLES = sizeof samples / sizeof *samples, INTERVALS = sizeof intervals / sizeof *intervals };

static bool near(double a, double b) {
	return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

Test(statistics, agrees_with_numpy) {
	for (int i = 0; i < SAMPLES; i++) {
		const double *values = samples[i].values;
		int count = samples[i].count;
		cr_expect(near(stats_mean(values, count), samples[i].mean));
		cr_expect(near(stats_median(values, count), samples[i].median));
		cr_expect(near(stats_deviation(values, count), samples[i].deviation));
		cr_expect(near(stats_percentile(values, count, 10), samples[i].q10));
		cr_expect(near(stats_percentile(values, count, 25), samples[i].q25));
		cr_expect(near(stats_percentile(values, count, 90), samples[i].q90));
		cr_expect(near(stats_mad(values, count), samples[i].mad));
		struct interval range = stats_prediction(values, count, 80);
		cr_expect(near(range.low, samples[i].low) && near(range.high, samples[i].high));
		double sum = stats_sum_prediction(values, count, 4);
		cr_expect(samples[i].sum < 0 ? isnan(sum) : fabs(sum / samples[i].sum - 1) < 0.001, "%d %g", count, sum);
	}
	cr_expect(isnan(stats_prediction(NULL, 0, 80).low) && isnan(stats_prediction_chance(0, 80)));
	cr_expect(isnan(stats_percentile(NULL, 0, 50)) && isnan(stats_mad(NULL, 0)));
}

/* The next value is in the interval as often as stated, for any distribution. */
Test(statistics, predictions_hold_as_often_as_they_say) {
	enum { TURNS = 20000, MOST = 12 };
	srand(3);
	for (int count = 2; count <= MOST; count++) {
		int held = 0;
		for (int turn = 0; turn < TURNS; turn++) {
			double values[MOST + 1];
			for (int i = 0; i <= count; i++)
				values[i] = -log(1 - rand() / (RAND_MAX + 1.0)) * (turn % 2 ? 1 : -3);
			struct interval range = stats_prediction(values, count, 80);
			held += values[count] >= range.low && values[count] <= range.high;
		}
		double chance = stats_prediction_chance(count, 80);
		cr_expect(fabs(100.0 * held / TURNS - chance) < 2.5, "%d: %d of %d, said %g", count, held, TURNS, chance);
	}
}

Test(statistics, wilson_agrees_with_scipy) {
	for (int i = 0; i < INTERVALS; i++) {
		struct interval found = stats_wilson(intervals[i].part, intervals[i].whole);
		cr_expect(near(found.low, intervals[i].low) && near(found.high, intervals[i].high), "%d", i);
	}
	cr_expect(isnan(stats_wilson(1, 0).low) && isnan(stats_wilson(2, 1).low) && isnan(stats_wilson(-1, 5).high));
}

/* The examples of table II, method 10, in Newcombe's paper. */
Test(statistics, differences_agree_with_newcombe) {
	const struct {
		struct share_of first, second;
		double low, high;
	} cases[] = { { { 56, 70 }, { 48, 80 }, 5.24, 33.39 }, { { 9, 10 }, { 3, 10 }, 17.05, 80.90 },
		          { { 6, 7 }, { 2, 7 }, 5.82, 80.62 },     { { 5, 56 }, { 0, 29 }, -3.81, 19.26 },
		          { { 0, 10 }, { 0, 20 }, -16.11, 27.75 }, { { 10, 10 }, { 0, 20 }, 67.91, 100.0 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct interval found = stats_difference(cases[i].first, cases[i].second, 2),
						of_six = stats_difference(cases[i].first, cases[i].second, 6);
		cr_expect_float_eq(found.low, cases[i].low, 0.006, "%zu: %f", i, found.low);
		cr_expect_float_eq(found.high, cases[i].high, 0.006, "%zu: %f", i, found.high);
		cr_expect(of_six.low < found.low && of_six.high > found.high - 1e-9);
	}
	cr_expect(isnan(stats_difference((struct share_of){ 1, 0 }, (struct share_of){ 1, 2 }, 2).low));
}

Test(statistics, anomalies_need_distance_and_peers) {
	const double usual[] = { 2.4, 2.6, 2.5, 2.9, 2.7, 2.6, 2.8, 2.5 };
	cr_expect(stats_is_anomaly(1.1, usual, 8, 0.5));
	cr_expect(!stats_is_anomaly(2.9, usual, 8, 0.5));
	cr_expect(!stats_is_anomaly(1.1, usual, 8, 5));
	cr_expect(!stats_is_anomaly(1.1, usual, 5, 0.5));
	cr_expect(!stats_is_anomaly(NAN, usual, 8, 0.5));
}

/* The expected numbers are from NumPy's mean, median, std and convolve(…, 'valid'). */
Test(statistics, small_sample_agrees_with_numpy) {
	const double values[] = { 0.1, 0.4, 0.35, 0.2, 0.05, 0.6, 0.25, 0.3 };
	double averages[8];
	cr_expect_float_eq(stats_mean(values, 8), 0.28125, 1e-12);
	cr_expect_float_eq(stats_median(values, 8), 0.275, 1e-12);
	cr_expect_float_eq(stats_deviation(values, 8), 0.16381678027601446, 1e-12);
	cr_expect_eq(stats_moving_average(values, 8, 7, averages), 2);
	cr_expect_float_eq(averages[0], 1.95 / 7, 1e-12);
	cr_expect_eq(stats_moving_average(values, 6, 7, averages), 0);
	cr_expect(isnan(stats_mean(values, 0)) && isnan(stats_median(values, 0)));
}

Test(statistics, an_interval_of_nobody_begins_at_zero) {
	for (int64_t whole = 1; whole < 5000; whole++) {
		cr_assert_eq(stats_wilson(0, whole).low, 0, "of %d", (int)whole);
		cr_assert_eq(stats_wilson(whole, whole).high, 100, "of %d", (int)whole);
	}
}
