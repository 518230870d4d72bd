/* Campaigns to compare with. */
#include "campaigns/company.h"

#include <math.h>

enum { FORECAST_CHANCE = 80 };

bool company_find_growths(struct store *store, const struct campaign *campaign, struct arena *arena,
                          struct company *company, const struct growth **own, struct error *err) {
	struct strings ids = { arena_array(arena, const char *, COMPANY + 1), 0 };
	struct growth *growths;
	int count;
	ids.items[ids.count++] = campaign->emailoctopus_id;
	for (int i = 0; i < company->count; i++)
		ids.items[ids.count++] = company->campaigns[i].emailoctopus_id;
	if (!growth_find(store, &ids, arena, &growths, &count, err))
		return false;
	*own = NULL;
	for (int g = 0; g < count; g++) {
		if (text_same(growths[g].campaign_id, campaign->emailoctopus_id))
			*own = &growths[g];
		for (int i = 0; i < company->count; i++)
			if (text_same(growths[g].campaign_id, company->campaigns[i].emailoctopus_id))
				company->growths[i] = &growths[g];
	}
	return true;
}

bool company_find(struct store *store, const struct campaign *campaign, struct arena *arena, struct company *company,
                  struct error *err) {
	struct campaign_filter filter = { .from = MOMENT_NONE,
		                              .to = campaign->sent_at,
		                              .as_of = MOMENT_NONE,
		                              .list = campaign->list_id,
		                              .reported = true,
		                              .limit = COMPANY };
	*company = (struct company){ 0 };
	if (!moment_is_set(campaign->sent_at))
		return true;
	if (!campaign_select(store, &filter, arena, &company->campaigns, &company->count, err))
		return false;
	for (int m = 0; m < METRIC_COUNT; m++) {
		for (int i = 0; i < company->count; i++) {
			double rate = metrics_rate(&company->campaigns[i].current_metrics, (enum metric)m);
			if (!isnan(rate))
				company->rates[m][company->counts[m]++] = rate;
		}
	}
	return true;
}

const char *company_anomaly(const struct company *company, const struct metrics *metrics, enum metric metric,
                            struct arena *arena) {
	const struct metric_row *row = &metric_rows[metric];
	const double *usual = company->rates[metric];
	int count = company->counts[metric];
	double rate = metrics_rate(metrics, metric);
	if (row->floor <= 0 || !stats_is_anomaly(rate, usual, count, row->floor))
		return NULL;
	return arena_print(arena, "%s %.*f %%, usual %.*f–%.*f %%", row->name, row->decimals, rate, row->decimals,
	                   stats_percentile(usual, count, 25), row->decimals, stats_percentile(usual, count, 75));
}

bool company_band(const struct company *company, int64_t age_ms, bool opened, int least, double *low, double *high) {
	double shares[COMPANY];
	int known = 0;
	for (int i = 0; i < company->count; i++)
		if (company->growths[i])
			shares[known++] = growth_share(company->growths[i], &company->campaigns[i], age_ms, opened);
	*low = stats_percentile(shares, known, 25);
	*high = stats_percentile(shares, known, 75);
	return known >= least && !isnan(*low);
}

/* How much of what it reached in the end a campaign had at that age. */
static double part_at(const struct growth *growth, const struct campaign *campaign, int64_t age_ms, bool opened) {
	double end = growth_share(growth, campaign, COLLECTED_MS, opened);
	return end > 0 ? growth_share(growth, campaign, age_ms, opened) / end : NAN;
}

static int64_t bounded(double people, int64_t least, int64_t most) {
	return people<(double)least ? least : people>(double) most ? most : (int64_t)llround(people);
}

/* How the forecast would have done: part by part from the other ones. */
static void try_forecast(const double *parts, int known, struct forecast *forecast) {
	double others[COMPANY], off[COMPANY];
	for (int i = 0; i < known; i++) {
		int count = 0;
		for (int k = 0; k < known; k++)
			if (k != i)
				others[count++] = parts[k];
		struct interval range = stats_prediction(others, count, FORECAST_CHANCE);
		forecast->held += parts[i] >= range.low && parts[i] <= range.high;
		off[i] = 100 * fabs(parts[i] / stats_median(others, count) - 1);
	}
	forecast->off = stats_median(off, known);
}

bool company_forecast(const struct company *company, const struct campaign *campaign, const struct growth *growth,
                      bool opened, struct moment now, struct forecast *forecast) {
	double parts[COMPANY];
	int64_t age = campaign_age(campaign, now), delivered = metrics_delivered(&campaign->current_metrics);
	int64_t present = growth_until(opened ? &growth->opened : &growth->clicked, now);
	int known = 0;
	if (age < HOUR_MS || age >= COLLECTED_MS || delivered <= 0 || present <= 0)
		return false;
	for (int i = 0; i < company->count; i++) {
		double part = company->growths[i] && campaign_age(&company->campaigns[i], now) >= COLLECTED_MS
		                  ? part_at(company->growths[i], &company->campaigns[i], age, opened)
		                  : NAN;
		if (part > 0)
			parts[known++] = part;
	}
	if (known < FORECAST_LEAST)
		return false;
	struct interval range = stats_prediction(parts, known, FORECAST_CHANCE);
	*forecast = (struct forecast){ .people = bounded((double)present / stats_median(parts, known), present, delivered),
		                           .low = bounded((double)present / range.high, present, delivered),
		                           .high = bounded((double)present / range.low, present, delivered),
		                           .company = known,
		                           .chance = stats_prediction_chance(known, FORECAST_CHANCE) };
	try_forecast(parts, known, forecast);
	return true;
}
