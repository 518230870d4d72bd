/* The analysis against NumPy and SciPy: analysis.inc is what make_analysis.py printed. */
#include <criterion/criterion.h>
#include <math.h>

#include "metrics/metrics.h"

#include "unit/analysis.inc"

enum { SAMPLES = sizeof samples / sizeof *samples, INTERVALS = sizeof intervals / sizeof *intervals };

static bool near(double a, double b) {
	return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

Test(analysis, agrees_with_numpy) {
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
	}
	cr_expect(isnan(stats_percentile(NULL, 0, 50)) && isnan(stats_mad(NULL, 0)));
}

Test(analysis, wilson_agrees_with_scipy) {
	for (int i = 0; i < INTERVALS; i++) {
		struct interval found = stats_wilson(intervals[i].part, intervals[i].whole);
		cr_expect(near(found.low, intervals[i].low) && near(found.high, intervals[i].high), "%d", i);
	}
	cr_expect(isnan(stats_wilson(1, 0).low) && isnan(stats_wilson(2, 1).low) && isnan(stats_wilson(-1, 5).high));
}

Test(analysis, anomalies_need_distance_and_company) {
	const double usual[] = { 2.4, 2.6, 2.5, 2.9, 2.7, 2.6, 2.8, 2.5 };
	cr_expect(stats_is_anomaly(1.1, usual, 8, 0.5));
	cr_expect(!stats_is_anomaly(2.9, usual, 8, 0.5));
	cr_expect(!stats_is_anomaly(1.1, usual, 8, 5));
	cr_expect(!stats_is_anomaly(1.1, usual, 5, 0.5));
	cr_expect(!stats_is_anomaly(NAN, usual, 8, 0.5));
}
