/* A rate of campaign after campaign. */
#include "insights/series.h"

#include <math.h>

#include "insights/peers.h"
#include "metrics/statistics.h"

const char *series_gap(const struct campaign *campaign, enum metric metric) {
	if (campaign->status == CAMPAIGN_SENDING)
		return "still being sent";
	if (campaign->status != CAMPAIGN_SENT)
		return "not sent";
	if (!campaign->has_report)
		return "no figures yet";
	if (!isnan(metrics_rate(&campaign->current_metrics, metric)))
		return NULL;
	return metrics_whole(&campaign->current_metrics, metric) == 0 ? "nothing to divide by" : "not reported";
}

static bool has_few(const struct campaign *campaign) {
	return metrics_delivered(&campaign->current_metrics) < METRICS_FEW;
}

bool series_ranks(const struct campaign *campaign, struct moment now) {
	return !has_few(campaign) && campaign_has_settled(campaign, now);
}

/* Takes the campaign into the range of the rates, or counts why not. */
static void rank(struct series *series, const struct campaign *campaign, double rate) {
	if (series_ranks(campaign, series->now)) {
		series->low = fmin(series->low, rate);
		series->high = fmax(series->high, rate);
	} else if (has_few(campaign)) {
		series->few++;
	} else {
		series->collecting++;
	}
}

/* Mean and median of those that can be ranked: a handful of people would move them as much as thousands. */
static void put_middle(struct series *series, struct arena *arena) {
	double *rates = arena_array(arena, double, series->count + 1),
		   *means = arena_array(arena, double, series->count + 1);
	struct point **ranked = arena_array(arena, struct point *, series->count + 1);
	int count = 0;
	for (int i = 0; i < series->count; i++) {
		if (!series_ranks(series->points[i].campaign, series->now))
			continue;
		rates[count] = series->points[i].rate;
		ranked[count++] = &series->points[i];
	}
	int defined = stats_moving_average(rates, count, SERIES_MEAN_OF, means);
	for (int i = 0; i < defined; i++)
		ranked[i + SERIES_MEAN_OF - 1]->mean = means[i];
	series->median = stats_median(rates, count);
	series->ranked = count;
}

struct series series_of(const struct figures *figures, enum metric metric, struct moment now, struct arena *arena) {
	struct series series = {
		.points = arena_array(arena, struct point, figures->count + 1), .low = NAN, .high = NAN, .now = now
	};
	for (int i = figures->count - 1; i >= 0; i--) {
		const struct campaign *campaign = &figures->campaigns[i];
		if (series_gap(campaign, metric))
			continue;
		double rate = metrics_rate(&campaign->current_metrics, metric);
		rank(&series, campaign, rate);
		series.points[series.count++] = (struct point){ campaign, rate, NAN, { 0 } };
	}
	put_middle(&series, arena);
	return series;
}

/* Both orders are by time of sending, so one pass finds all. */
void series_put_usual(struct series *series, const struct campaign *known, int count, enum metric metric,
                      struct moment as_of) {
	int at = 0;
	for (int i = series->count - 1; i >= 0; i--) {
		struct usual usual[METRIC_COUNT];
		while (at < count && !text_same(known[at].id, series->points[i].campaign->id))
			at++;
		if (at == count)
			return;
		(void)figures_usual_of(known + at + 1, count - at - 1, as_of, usual);
		series->points[i].usual = usual[metric];
	}
}

const struct point *series_lowest(const struct series *series) {
	for (int i = series->count - 1; i >= 0; i--)
		if (series->points[i].rate <= series->low && series_ranks(series->points[i].campaign, series->now))
			return &series->points[i];
	return NULL;
}

const struct point *series_highest(const struct series *series) {
	for (int i = series->count - 1; i >= 0; i--)
		if (series->points[i].rate >= series->high && series_ranks(series->points[i].campaign, series->now))
			return &series->points[i];
	return NULL;
}
