/* Mean, median, deviation, moving average and the weekday-hour grid over a file of rows, computed as pages do. figures
 * FILE: pairs of (milliseconds, rate) as 64-bit numbers; prints each figure and the milliseconds it took.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/moment.h"
#include "insights/heatmap.h"
#include "metrics/metrics.h"
#include "metrics/statistics.h"

struct row {
	int64_t ms;
	double rate;
};

static void tell(const char *name, double value, int64_t began) {
	printf("%s %.12g %lld\n", name, value, (long long)(monotonic_ms() - began));
}

int main(int count, char **words) {
	FILE *file = count > 1 ? fopen(words[1], "rbe") : NULL;
	enum { MOST = 20000000 };
	struct row *rows = malloc(sizeof *rows * (size_t)MOST);
	if (!file || !rows)
		return 1;
	int n = (int)fread(rows, sizeof *rows, MOST, file);
	double *rates = malloc(sizeof *rates * (size_t)n), *averages = malloc(sizeof *averages * (size_t)n);
	struct campaign *campaigns = calloc((size_t)n, sizeof *campaigns);
	if (!rates || !averages || !campaigns)
		return 1;
	for (int i = 0; i < n; i++) {
		rates[i] = rows[i].rate;
		campaigns[i] = (struct campaign){ .status = CAMPAIGN_SENT, .has_report = true, .sent_at = { rows[i].ms } };
		campaigns[i].current_metrics = (struct metrics){ .sent = 1000, .clicked = (int64_t)(rows[i].rate * 1000) };
	}
	int64_t began = monotonic_ms();
	tell("mean", stats_mean(rates, n), began);
	began = monotonic_ms();
	tell("median", stats_median(rates, n), began);
	began = monotonic_ms();
	tell("deviation", stats_deviation(rates, n), began);
	began = monotonic_ms();
	int defined = stats_moving_average(rates, n, 7, averages);
	tell("moving_average", averages[defined - 1], began);
	began = monotonic_ms();
	struct figures figures = { .campaigns = campaigns, .count = n };
	struct heatmap map;
	heatmap_of(&figures, MOMENT_NONE, &map);
	tell("heatmap", metrics_rate(&map.cells[2][9].totals, METRIC_CLICK_RATE), began);
	return 0;
}
