/* Peers of a campaign. */
#include "insights/peers.h"

#include <math.h>

#include "metrics/share.h"
#include "metrics/statistics.h"

enum { FORECAST_CHANCE = 80 };

bool campaign_has_settled(const struct campaign *campaign, struct moment now) {
	return campaign->status != CAMPAIGN_SENDING && (!moment_is_set(now) || campaign_age(campaign, now) >= SETTLING_MS);
}

bool peers_find_growths(struct store *store, const struct campaign *campaign, struct arena *arena, struct peers *peers,
                        const struct growth **own, struct error *err) {
	struct strings ids = { arena_array(arena, const char *, PEERS_MAX + 1), 0 };
	struct growth *growths;
	int count;
	ids.items[ids.count++] = campaign->id;
	for (int i = 0; i < peers->count; i++)
		ids.items[ids.count++] = peers->campaigns[i].id;
	if (!growth_find(store, &ids, arena, &growths, &count, err))
		return false;
	*own = NULL;
	for (int g = 0; g < count; g++) {
		if (text_same(growths[g].campaign_id, campaign->id))
			*own = &growths[g];
		for (int i = 0; i < peers->count; i++)
			if (text_same(growths[g].campaign_id, peers->campaigns[i].id))
				peers->growths[i] = &growths[g];
	}
	return true;
}

bool peers_find(struct store *store, const struct campaign *campaign, struct moment now, struct moment as_of,
                struct arena *arena, struct peers *peers, struct error *err) {
	struct campaign_filter filter = { .from = MOMENT_NONE,
		                              .to = campaign->sent_at,
		                              .as_of = as_of,
		                              .list = campaign->list_id,
		                              .reported = true,
		                              .limit = PEERS_MAX };
	*peers = (struct peers){ .of_list = !text_is_empty(campaign->list_id) };
	if (!moment_is_set(campaign->sent_at))
		return true;
	if (!campaign_select(store, &filter, arena, &peers->campaigns, &peers->count, err))
		return false;
	for (int m = 0; m < METRIC_COUNT; m++) {
		for (int i = 0; i < peers->count; i++) {
			double rate = metrics_rate(&peers->campaigns[i].current_metrics, (enum metric)m);
			if (!isnan(rate) && campaign_has_settled(&peers->campaigns[i], now))
				peers->rates[m][peers->counts[m]++] = rate;
		}
	}
	return true;
}

const char *peers_anomaly(const struct peers *peers, const struct metrics *metrics, enum metric metric,
                          struct arena *arena) {
	const struct metric_row *row = &metric_rows[metric];
	const double *usual = peers->rates[metric];
	int count = peers->counts[metric];
	double rate = metrics_rate(metrics, metric);
	if (row->floor <= 0 || !stats_is_anomaly(rate, usual, count, row->floor))
		return NULL;
	return arena_print(arena, "%s %.*f\u00a0%%, usual %.*f–%.*f\u00a0%%", row->name, row->decimals, rate, row->decimals,
	                   stats_percentile(usual, count, 25), row->decimals, stats_percentile(usual, count, 75));
}

int peers_shares(const struct peers *peers, int64_t age_ms, enum response response, double shares[PEERS_MAX]) {
	int known = 0;
	for (int i = 0; i < peers->count; i++) {
		double share = growth_share(peers->growths[i], &peers->campaigns[i], age_ms, response);
		if (!isnan(share))
			shares[known++] = share;
	}
	return known;
}

bool peers_band(const struct peers *peers, int64_t age_ms, enum response response, int min, double *low, double *high) {
	double shares[PEERS_MAX];
	int known = peers_shares(peers, age_ms, response, shares);
	*low = stats_percentile(shares, known, 25);
	*high = stats_percentile(shares, known, 75);
	return known >= min && !isnan(*low);
}

enum judgement peers_judge(const struct peers *peers, const struct campaign *campaign, const struct growth *growth,
                           int64_t age_ms, enum response response) {
	double low, high;
	int64_t people = growth_count(growth, campaign, age_ms, response),
			delivered = metrics_delivered(&campaign->current_metrics);
	if (people == COUNT_NONE || delivered == COUNT_NONE || !peers_band(peers, age_ms, response, USUAL_MIN, &low, &high))
		return JUDGED_NOT;
	struct interval interval = stats_wilson(people, delivered);
	if (isnan(interval.low))
		return JUDGED_NOT;
	return interval.low > high ? JUDGED_ABOVE : interval.high < low ? JUDGED_BELOW : JUDGED_WITHIN;
}

/* The fraction of its final result that a campaign had reached at that age. */
static double part_at(const struct growth *growth, const struct campaign *campaign, int64_t age_ms,
                      enum response response) {
	double end = growth_share(growth, campaign, SETTLED_MS, response);
	return end > 0 ? growth_share(growth, campaign, age_ms, response) / end : NAN;
}

static int64_t bounded(double people, int64_t min, int64_t max) {
	if (people < (double)min)
		return min;
	return people > (double)max ? max : (int64_t)people;
}

/* Leave-one-out check of the forecast: predicts each part from the others. */
static void try_forecast(const double *parts, int known, struct forecast *forecast) {
	double others[PEERS_MAX], off[PEERS_MAX];
	for (int i = 0; i < known; i++) {
		int count = 0;
		for (int k = 0; k < known; k++)
			if (k != i)
				others[count++] = parts[k];
		struct interval range = stats_prediction(others, count, FORECAST_CHANCE);
		forecast->held += parts[i] >= range.low && parts[i] <= range.high;
		off[i] = distance_percent(parts[i], stats_median(others, count));
	}
	forecast->off = stats_median(off, known);
}

/* The parts of their results that the peers had reached at that age. */
static int parts_at(const struct peers *peers, int64_t age_ms, enum response response, double parts[PEERS_MAX]) {
	int known = 0;
	for (int i = 0; i < peers->count; i++) {
		double part = part_at(peers->growths[i], &peers->campaigns[i], age_ms, response);
		if (part > 0)
			parts[known++] = part;
	}
	return known;
}

/* However alike the peers were, those who are still to come, come by chance (Poisson). */
static void allow_for_chance(struct forecast *forecast, int64_t present, int64_t least, int64_t delivered) {
	const double z = 1.2816; /* 80 % of a normal distribution lie within it */
	double people = (double)forecast->people, more = people - (double)present;
	double margin = z * sqrt(more > 1 ? more : 1);
	int64_t low = bounded(floor(people - margin), least, delivered),
			high = bounded(ceil(people + margin), least, delivered);
	if (low < forecast->low)
		forecast->low = low;
	if (high > forecast->high)
		forecast->high = high;
}

bool peers_forecast(const struct peers *peers, const struct campaign *campaign, const struct growth *growth,
                    enum response response, struct moment now, struct forecast *forecast) {
	double parts[PEERS_MAX];
	int64_t delivered = metrics_delivered(&campaign->current_metrics), counted = campaign_counted(campaign, response);
	if (!growth || !growth_is_whole(growth, campaign, response) || campaign_age(campaign, now) >= SETTLED_MS)
		return false;
	/* By what was known at the last reading, at the age of then. */
	struct moment known = growth_known_until(growth, campaign, response);
	int64_t age = moment_is_set(known) ? campaign_age(campaign, known) / MINUTE_MS * MINUTE_MS : 0;
	int64_t present = growth_until(&growth_named(growth, response)->steps, moment_add(campaign->sent_at, age));
	if (age < HOUR_MS || delivered <= 0 || present <= 0)
		return false;
	int count = parts_at(peers, age, response, parts);
	if (count < FORECAST_MIN)
		return false;
	struct interval range = stats_prediction(parts, count, FORECAST_CHANCE);
	int64_t least = counted > present ? counted : present;
	if (least > delivered)
		return false;
	*forecast = (struct forecast){ .people = bounded(round((double)present / stats_median(parts, count)), least,
		                                             delivered),
		                           .low = bounded(floor((double)present / range.high), least, delivered),
		                           .high = bounded(ceil((double)present / range.low), least, delivered),
		                           .peers = count,
		                           .chance = stats_prediction_chance(count, FORECAST_CHANCE) };
	try_forecast(parts, count, forecast);
	if (forecast->low >= forecast->high)
		return false;
	allow_for_chance(forecast, present, least, delivered);
	return true;
}
