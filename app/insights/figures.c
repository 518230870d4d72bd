/* The figures of a period. */
#include "insights/figures.h"
#include "campaigns/history.h"

#include <math.h>

#include "insights/peers.h"
#include "metrics/statistics.h"

enum { USUAL_READ = 4 * USUAL_OF }; /* some have not settled */

bool figures_find(struct store *store, const struct period *period, const char *list, struct moment as_of,
                  struct arena *arena, struct figures *figures, struct error *err) {
	struct campaign_filter filter = { .from = period->from, .to = period->to, .as_of = as_of, .list = list };
	struct campaign *campaigns;
	int count;
	if (!campaign_select(store, &filter, arena, &campaigns, &count, err))
		return false;
	figures_of(campaigns, count, arena, figures);
	return true;
}

void figures_of(struct campaign *campaigns, int count, struct arena *arena, struct figures *figures) {
	*figures = (struct figures){ .campaigns = campaigns, .count = count };
	figures->open_fractions = arena_array(arena, double, figures->count + 1);
	figures->click_fractions = arena_array(arena, double, figures->count + 1);
	for (int i = 0; i < figures->count; i++) {
		const struct campaign *campaign = &figures->campaigns[i];
		figures->by_status[campaign->status]++;
		if (!campaign->has_report)
			continue;
		const struct metrics *metrics = &campaign->current_metrics;
		struct snapshot seen = snapshot_of("", "", metrics, MOMENT_NONE);
		figures->with_report++;
		if (metrics->sent != COUNT_NONE && metrics->opened != COUNT_NONE)
			figures->open_fractions[figures->open_count++] = seen.rates.open_rate;
		if (metrics->sent != COUNT_NONE && metrics->clicked != COUNT_NONE)
			figures->click_fractions[figures->click_count++] = seen.rates.click_rate;
		metrics_add(&figures->totals, metrics);
	}
}

struct moment figures_read_at(const struct figures *figures, struct moment data_at) {
	struct moment newest = MOMENT_NONE;
	for (int i = 0; i < figures->count; i++) {
		const struct campaign *campaign = &figures->campaigns[i];
		bool later = campaign->has_report && moment_is_set(campaign->summary_read_at) &&
		             campaign->summary_read_at.ms > newest.ms;
		newest = later ? campaign->summary_read_at : newest;
	}
	return moment_is_set(newest) && newest.ms < data_at.ms ? newest : data_at;
}

struct figures_stats figures_stats_of(const struct figures *figures) {
	int opens = figures->open_count, clicks = figures->click_count;
	return (struct figures_stats){ .avg_open_rate = metric_or_zero(stats_mean(figures->open_fractions, opens)),
		                           .avg_click_rate = metric_or_zero(stats_mean(figures->click_fractions, clicks)),
		                           .median_open_rate = metric_or_zero(stats_median(figures->open_fractions, opens)),
		                           .std_open_rate = metric_or_zero(stats_deviation(figures->open_fractions, opens)) };
}

static void put_stats(struct value *map, const struct figures *figures) {
	struct figures_stats stats = figures_stats_of(figures);
	value_put_real(map, "avg_open_rate", stats.avg_open_rate);
	value_put_real(map, "avg_click_rate", stats.avg_click_rate);
	value_put_real(map, "median_open_rate", stats.median_open_rate);
	value_put_real(map, "std_open_rate", stats.std_open_rate);
}

/* Those that a provider has are always there, "error" under its old name; the others if there are any. */
static void put_statuses(struct value *map, const struct figures *figures) {
	for (int i = 0; i < CAMPAIGN_STATUS_COUNT; i++) {
		bool is_usual = i == CAMPAIGN_DRAFT || i == CAMPAIGN_SENDING || i == CAMPAIGN_SENT || i == CAMPAIGN_FAILED;
		if (is_usual || figures->by_status[i])
			value_put_int(map, i == CAMPAIGN_FAILED ? "error" : campaign_statuses.names[i], figures->by_status[i]);
	}
}

void figures_put(struct value *map, const struct figures *figures) {
	struct arena *arena = map->arena;
	const struct metrics *totals = &figures->totals;
	struct value *campaigns = value_put(map, "campaigns", value_map(arena));
	value_put_int(campaigns, "total", figures->count);
	value_put_int(campaigns, "with_report", figures->with_report);
	put_statuses(value_put(campaigns, "by_status", value_map(arena)), figures);
	struct value *sums = value_put(map, "totals", value_map(arena));
	value_put_int(sums, "sent", totals->sent);
	value_put_int(sums, "delivered", metrics_delivered(totals));
	value_put_int(sums, "opened", totals->opened);
	value_put_int(sums, "clicked", totals->clicked);
	value_put_int(sums, "bounced", totals->bounced);
	value_put_int(sums, "unsubscribed", totals->unsubscribed);
	value_put_int(sums, "complained", totals->spam_complaints);
	metrics_put_rates(map, totals);
	put_stats(value_put(map, "stats", value_map(arena)), figures);
}

struct metrics figures_settled(const struct figures *figures, struct moment now, int *left_out) {
	struct metrics sum = { 0 };
	*left_out = 0;
	for (int i = 0; i < figures->count; i++) {
		if (!figures->campaigns[i].has_report)
			continue;
		if (campaign_has_settled(&figures->campaigns[i], now))
			metrics_add(&sum, &figures->campaigns[i].current_metrics);
		else
			++*left_out;
	}
	return sum;
}

const char *figures_change_kind(const struct metrics *now, const struct metrics *settled, const struct metrics *before,
                                enum metric metric) {
	struct interval difference = metrics_difference(now, before, metric);
	struct interval steady = metrics_difference(settled, before, metric);
	if (!stats_excludes_zero(difference) || !stats_excludes_zero(steady) || (steady.low > 0) != (difference.low > 0))
		return NULL;
	return (difference.low > 0) == metric_rows[metric].up_is_good ? "good" : "bad";
}

int figures_usual_of(const struct campaign *campaigns, int count, struct moment as_of,
                     struct usual usual[METRIC_COUNT]) {
	const struct campaign *used[USUAL_OF];
	int n = 0;
	for (int i = 0; i < count && n < USUAL_OF; i++) {
		struct moment known = moment_is_set(as_of) ? as_of : campaigns[i].summary_read_at;
		if (campaigns[i].has_report && campaign_has_settled(&campaigns[i], known))
			used[n++] = &campaigns[i];
	}
	for (int m = 0; m < METRIC_COUNT; m++) {
		double rates[USUAL_OF];
		int defined = 0;
		for (int i = 0; i < n; i++) {
			double rate = metrics_rate(&used[i]->current_metrics, (enum metric)m);
			if (!isnan(rate))
				rates[defined++] = rate;
		}
		usual[m] = usual_of(rates, defined < USUAL_MIN ? 0 : defined);
	}
	return n < USUAL_MIN ? 0 : n;
}

bool figures_usual(struct store *store, const struct period *period, const char *list, struct moment as_of,
                   struct arena *arena, struct usual usual[METRIC_COUNT], struct error *err) {
	struct campaign_filter filter = {
		.from = MOMENT_NONE, .to = period->from, .as_of = as_of, .list = list, .reported = true, .limit = USUAL_READ
	};
	struct campaign *campaigns;
	int count;
	if (!campaign_select(store, &filter, arena, &campaigns, &count, err))
		return false;
	(void)figures_usual_of(campaigns, count, as_of, usual);
	return true;
}
