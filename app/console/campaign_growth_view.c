/* The growth of a campaign on its page. */
#include "console/campaign_growth_view.h"

#include <math.h>

#include "campaigns/past.h"
#include "metrics/share.h"
#include "metrics/statistics.h"
#include "metrics/usual.h"

enum { BAND_MIN = USUAL_MIN, CHART_HOURS = 168, CHART_FIRST_HOURS = 72 };

/* Of fewer people half is no finding. */
enum { HALF_MIN = 10 };

static double hours_since(const struct campaign *campaign, struct moment at) {
	return moment_is_set(campaign->sent_at) ? (double)(at.ms - campaign->sent_at.ms) / (double)HOUR_MS : NAN;
}

/* "12 minutes", "6.5 hours", "1.2 days" */
static const char *age_text(struct arena *arena, double hours) {
	int minutes = hours < 1 ? (int)ceil(hours * 60) : 60;
	if (minutes < 60)
		return arena_print(arena, "%d minute%s", minutes > 1 ? minutes : 1, minutes > 1 ? "s" : "");
	return hours < 48 ? arena_print(arena, "%.1f hours", hours) : arena_print(arena, "%.1f days", hours / 24);
}

static void put_curve_row(struct value *rows, const struct campaign *campaign, const struct curve_point *point) {
	struct value *row = value_push(rows, value_map(rows->arena));
	double hours = hours_since(campaign, point->time);
	value_put_text(row, "time", text_of_moment(rows->arena, point->time));
	value_put_text(row, "hours", isnan(hours) ? NULL : arena_print(rows->arena, "%.3f", hours));
	value_put_text(row, "age",
	               isnan(hours) ? text_of_moment(rows->arena, point->time)
	               : hours == 0 ? "When sent"
	                            : arena_print(rows->arena, "%s after sending", age_text(rows->arena, hours)));
	value_put_text(row, "opened", count_text(rows->arena, point->opened));
	value_put_text(row, "clicked", count_text(rows->arena, point->clicked));
	value_put_text(row, "unsubscribed", count_text(rows->arena, point->unsubscribed));
}

/* What the peers would have reached by then, scaled to this campaign's recipients. */
static void put_band(struct value *row, const struct campaign *campaign, const struct peers *peers, struct moment at) {
	int64_t delivered = metrics_delivered(&campaign->current_metrics);
	double low, high;
	bool known = delivered != COUNT_NONE &&
	             peers_band(peers, at.ms - campaign->sent_at.ms, RESPONSE_OPENED, BAND_MIN, &low, &high);
	value_put_text(row, "low", known ? text_of_count(row->arena, llround(share_people(low, delivered))) : NULL);
	value_put_text(row, "high", known ? text_of_count(row->arena, llround(share_people(high, delivered))) : NULL);
}

/* One row per moment at which either count changed. */
static void put_steps(struct value *rows, const struct campaign *campaign, const struct growth *growth,
                      const struct peers *peers) {
	struct rows opens_thin = growth_thinned(&growth->opened.steps, campaign->sent_at, rows->arena),
				clicks_thin = growth_thinned(&growth->clicked.steps, campaign->sent_at, rows->arena);
	const struct step *opened = opens_thin.items, *clicked = clicks_thin.items;
	int64_t opens = growth_until(&growth->opened.steps, campaign->sent_at),
			clicks = growth_until(&growth->clicked.steps, campaign->sent_at);
	struct moment last = campaign->sent_at;
	int i = 0, k = 0;
	put_curve_row(rows, campaign, &(struct curve_point){ campaign->sent_at, opens, clicks, COUNT_NONE });
	put_band(rows->last, campaign, peers, campaign->sent_at);
	while (i < opens_thin.count || k < clicks_thin.count) {
		bool open_next = k >= clicks_thin.count || (i < opens_thin.count && opened[i].time.ms <= clicked[k].time.ms);
		struct moment at = open_next ? opened[i].time : clicked[k].time;
		if (open_next)
			opens = opened[i++].count;
		else
			clicks = clicked[k++].count;
		if (at.ms <= campaign->sent_at.ms)
			continue; /* in the first row */
		put_curve_row(rows, campaign, &(struct curve_point){ at, opens, clicks, COUNT_NONE });
		put_band(rows->last, campaign, peers, at);
		last = at;
	}
	/* Until when nothing more came in. */
	struct moment until = growth_known_until(growth, campaign, RESPONSE_OPENED);
	if (moment_is_set(until) && until.ms > last.ms) {
		put_curve_row(rows, campaign, &(struct curve_point){ until, opens, clicks, COUNT_NONE });
		put_band(rows->last, campaign, peers, until);
	}
}

/* "2.5 hours", when half of the people had done it; NULL of too few. */
static const char *half_time(struct arena *arena, const struct campaign *campaign, const struct rows *steps) {
	const struct step *items = steps->items;
	int64_t all = steps->count ? items[steps->count - 1].count : 0;
	for (int i = 0; i < steps->count && all >= HALF_MIN; i++)
		if (2 * items[i].count >= all)
			return age_text(arena, hours_since(campaign, items[i].time));
	return NULL;
}

static int64_t last_count(const struct rows *steps) {
	const struct step *items = steps->items;
	return steps->count ? items[steps->count - 1].count : 0;
}

/* Where the opens ran beside the usual range, at whole hours from the first on; NULL if it is not known. */
static const char *band_finding(struct arena *arena, const struct campaign *campaign, const struct growth *growth,
                                const struct peers *peers) {
	static const char *const sides[] = {
		[JUDGED_BELOW] = "below", [JUDGED_WITHIN] = "within", [JUDGED_ABOVE] = "above"
	};
	int at_side[sizeof sides / sizeof *sides] = { 0 }, hours = 0, places = 0;
	enum judgement last = JUDGED_NOT;
	for (int hour = 1; hour <= CHART_HOURS; hour = hour < 12 ? hour + 1 : hour + 12) {
		enum judgement judged = peers_judge(peers, campaign, growth, hour * (int64_t)HOUR_MS, RESPONSE_OPENED);
		if (judged == JUDGED_NOT)
			continue;
		last = judged;
		at_side[last]++;
		places++;
		hours = hour;
	}
	if (places == 0)
		return NULL;
	if (at_side[last] == places)
		return arena_print(arena, "At every age opens stayed %s the usual range.", sides[last]);
	return arena_print(arena, "After %s opens were %s the usual range.", age_text(arena, hours), sides[last]);
}

/* The finding of the growth chart, in words; judged once results have settled. */
static const char *growth_finding(struct arena *arena, const struct campaign *campaign, const struct growth *growth,
                                  const struct peers *peers, struct moment now) {
	const struct rows *opens = &growth->opened.steps, *clicks = &growth->clicked.steps;
	const char *opened = half_time(arena, campaign, opens), *clicked = half_time(arena, campaign, clicks);
	const char *beside = campaign_has_settled(campaign, now) ? band_finding(arena, campaign, growth, peers) : NULL;
	char *of_opens = text_of_half(arena, last_count(opens), "open", "opens"),
		 *of_clicks = text_of_half(arena, last_count(clicks), "click", "clicks");
	text_capitalize(of_opens);
	const char *first = opened ? arena_print(arena, "%s came within %s", of_opens, opened)
	                           : arena_print(arena, "%s opened", text_of_count(arena, last_count(opens)));
	const char *second = clicked ? arena_print(arena, "%s within %s", of_clicks, clicked)
	                             : arena_print(arena, "%s clicked", text_of_count(arena, last_count(clicks)));
	return arena_print(arena, "%s, %s.%s%s", first, second, beside ? " " : "", beside ? beside : "");
}

/* Why card, curve, sentence and forecast differ, if they do. */
static void put_gaps(struct value *view, const struct campaign *campaign, const struct growth *growth) {
	struct value *gaps = value_put(view, "growth_gaps", value_list(view->arena));
	for (int i = RESPONSE_OPENED; i <= RESPONSE_CLICKED; i++) {
		const char *words = growth_gap(growth, campaign, (enum response)i, view->arena);
		if (words)
			(void)value_push(gaps, value_text(view->arena, words));
	}
}

/* The step to which a range is rounded: 1, 10, 100 …, at most half as wide. */
static int64_t step_of(const struct forecast *forecast) {
	int64_t step = 1;
	while (step * 20 <= forecast->high - forecast->low)
		step *= 10;
	return step;
}

/* "about 410 people (380 to 450), 21–24 % of delivered"; never fewer than have done it. */
static const char *forecast_words(struct arena *arena, enum metric metric, const struct forecast *forecast,
                                  int64_t least, int64_t delivered) {
	int64_t step = step_of(forecast), low = forecast->low / step * step,
			people = (forecast->people + step / 2) / step * step, high = (forecast->high + step - 1) / step * step;
	if (low < least)
		low = least;
	if (people < least)
		people = least;
	if (high > delivered)
		high = delivered;
	int decimals = metric_rows[metric].decimals - 1;
	return arena_print(arena, "about %s (%s to %s), %.*f–%.*f\u00a0%% of delivered",
	                   text_of_counted(arena, people, "person", "people"), text_of_count(arena, low),
	                   text_of_count(arena, high), decimals, share_percent(low, delivered), decimals,
	                   share_percent(high, delivered));
}

static struct value *forecast_view(struct arena *arena, enum metric metric, const struct forecast *forecast,
                                   int64_t least, int64_t delivered) {
	struct value *one = value_map(arena);
	value_put_text(one, "words", forecast_words(arena, metric, forecast, least, delivered));
	value_put_text(one, "tried",
	               arena_print(arena,
	                           "Tried on each of these %d campaigns from the others: %d ended in the range, half "
	                           "within %.0f\u00a0%% of what was expected.",
	                           forecast->peers, forecast->held, fmax(1, ceil(forecast->off))));
	return one;
}

/* With the number of campaigns and the chance of each, which may differ. */
static void put_forecasts(struct value *view, const struct campaign *campaign, const struct growth *growth,
                          const struct peers *peers, struct moment now) {
	static const struct {
		const char *name;
		enum metric metric;
		enum response response;
	} rows[] = { { "forecast_opened", METRIC_OPEN_RATE, RESPONSE_OPENED },
		         { "forecast_clicked", METRIC_CLICK_RATE, RESPONSE_CLICKED } };
	struct arena *arena = view->arena;
	const char *chance = NULL;
	int with = 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct forecast forecast;
		bool known = peers_forecast(peers, campaign, growth, rows[i].response, now, &forecast);
		int64_t delivered = metrics_delivered(&campaign->current_metrics);
		(void)value_put(view, rows[i].name,
		                known ? forecast_view(arena, rows[i].metric, &forecast,
		                                      campaign_counted(campaign, rows[i].response), delivered)
		                      : value_null(arena));
		if (known && !with) {
			chance = arena_print(arena, "%.0f\u00a0%%", forecast.chance);
			with = forecast.peers;
		}
	}
	value_put_text(view, "forecast_chance", chance);
	(void)value_put(view, "forecast_peers", with ? value_int(arena, with) : value_null(arena));
}

static const struct field age_fields[] = {
	FIELD(struct age_line, age_hours, .unit = "hours"),
	FIELD(struct age_line, response, .choices = &responses),
	FIELD(struct age_line, percent, .unit = "% of delivered"),
	FIELD(struct age_line, usual_low, .unit = "% of delivered"),
	FIELD(struct age_line, usual_high, .unit = "% of delivered"),
	FIELD(struct age_line, campaigns, .doc = "Behind the usual values"),
};
const struct record_type age_line_record = RECORD_TYPE("AgeLine", struct age_line, age_fields);

static struct age_line age_line_of(const struct campaign *campaign, const struct growth *growth,
                                   const struct peers *peers, int hours, enum response response) {
	double others[PEERS_MAX];
	int64_t age_ms = hours * (int64_t)HOUR_MS;
	int count = peers_shares(peers, age_ms, response, others);
	return (struct age_line){ hours,
		                      response,
		                      growth_share(growth, campaign, age_ms, response),
		                      count ? stats_percentile(others, count, 25) : NAN,
		                      count ? stats_percentile(others, count, 75) : NAN,
		                      count };
}

struct rows campaign_age_lines(const struct campaign *campaign, const struct growth *growth, const struct peers *peers,
                               struct arena *arena) {
	static const int ages[] = { 1, 6, 24, 72, 168 };
	enum { AGES = sizeof ages / sizeof *ages };
	struct age_line *lines = arena_array(arena, struct age_line, 2 * AGES);
	int count = 0;
	for (int i = 0; i < AGES; i++) {
		struct age_line opened = age_line_of(campaign, growth, peers, ages[i], RESPONSE_OPENED),
						clicked = age_line_of(campaign, growth, peers, ages[i], RESPONSE_CLICKED);
		if (isnan(opened.percent) && isnan(clicked.percent))
			continue;
		lines[count++] = opened;
		lines[count++] = clicked;
	}
	return (struct rows){ lines, count };
}

static void put_age(struct value *row, const struct age_line *line) {
	struct arena *arena = row->arena;
	enum metric metric = line->response == RESPONSE_OPENED ? METRIC_OPEN_RATE : METRIC_CLICK_RATE;
	const char *name = responses.names[line->response];
	int decimals = metric_rows[metric].decimals;
	value_put_text(row, name, metric_text(arena, metric, line->percent));
	value_put_text(row, arena_print(arena, "%s_usual", name),
	               isnan(line->usual_low) || line->campaigns < USUAL_MIN
	                   ? NULL
	                   : arena_print(arena, "usual %.*f–%.*f\u00a0%%, of %lld", decimals, line->usual_low, decimals,
	                                 line->usual_high, (long long)line->campaigns));
}

/* The rates at fixed ages, beside those of earlier campaigns to the same list: opened and clicked in one row. */
static void put_ages(struct value *view, const struct campaign *campaign, const struct growth *growth,
                     const struct peers *peers) {
	struct value *rows = value_put(view, "ages", value_list(view->arena));
	struct rows lines = campaign_age_lines(campaign, growth, peers, view->arena);
	const struct age_line *items = lines.items;
	bool has_usual = false;
	for (int i = 0; i < lines.count; i++) {
		int hours = (int)items[i].age_hours;
		struct value *row = items[i].response == RESPONSE_OPENED ? value_push(rows, value_map(view->arena))
		                                                         : rows->last;
		if (items[i].response == RESPONSE_OPENED)
			value_put_text(row, "age",
			               hours < 48 ? arena_print(view->arena, "%d h", hours)
			                          : text_of_counted(view->arena, hours / 24, "day", "days"));
		put_age(row, &items[i]);
		has_usual = has_usual || items[i].campaigns >= USUAL_MIN;
	}
	value_put_bool(view, "has_ages", rows->count > 0);
	value_put_bool(view, "has_usual_ages", has_usual);
}

/* Campaigns older than the rollup have only their snapshots. */
static void curve_from_snapshots(struct curve *curve, const struct rows *snapshots, struct arena *arena) {
	const struct snapshot *items = snapshots->items;
	for (int i = snapshots->count - 1; i >= 0; i--)
		curve_add(curve, curve_point_of(&items[i]), arena);
}

static bool put_curve(struct exchange *x, struct value *view, const struct campaign *campaign, struct moment as_of,
                      const struct rows *snapshots, struct error *err) {
	struct value *rows = value_put(view, "curve", value_list(view->arena));
	struct curve curve;
	if (!curve_at(x->store, campaign, as_of, x->arena, &curve, err))
		return false;
	if (curve.points.count == 0)
		curve_from_snapshots(&curve, snapshots, x->arena);
	const struct curve_point *points = curve.points.items;
	if (moment_is_set(campaign->sent_at) && curve.points.count)
		put_curve_row(rows, campaign, &(struct curve_point){ .time = campaign->sent_at });
	for (int i = 0; i < curve.points.count; i++)
		put_curve_row(rows, campaign, &points[i]);
	const struct curve_point *last = curve.points.count ? &points[curve.points.count - 1] : NULL;
	value_put_text(view, "growth_finding",
	               last ? arena_print(x->arena, "%s opened and %s clicked by %s, the %s%s.",
	                                  count_text(x->arena, last->opened), count_text(x->arena, last->clicked),
	                                  text_of_moment_near(x->arena, last->time, x->now),
	                                  curve.points.count == 1
	                                      ? "first change"
	                                      : arena_print(x->arena, "last of %d changes", curve.points.count),
	                                  campaign->origin == CAMPAIGN_OWN ? "" : " that a sync found")
	                    : NULL);
	return true;
}

/* The first three days, if those tell all or nearly, else a week; one point is no chart. */
static void put_span(struct value *view, const struct campaign *campaign, const struct growth *growth,
                     struct moment now) {
	const struct value *rows = value_get(view, "curve");
	const struct metrics *metrics = &campaign->current_metrics;
	bool dated = moment_is_set(campaign->sent_at), any = metrics->opened > 0 || metrics->clicked > 0;
	bool drawn = dated && any && rows->count > 2;
	int hours = CHART_HOURS;
	if (growth && dated) {
		struct moment until = moment_add(campaign->sent_at, CHART_FIRST_HOURS * (int64_t)HOUR_MS);
		int64_t all = last_count(&growth->opened.steps);
		if (growth_until(&growth->opened.steps, until) * 20 >= all * 19)
			hours = CHART_FIRST_HOURS;
	}
	value_put_bool(view, "has_chart", drawn);
	value_put_int(view, "chart_to", hours);
	int64_t age = dated ? campaign_age(campaign, now) / HOUR_MS : 0;
	const char *so_far = age < 1    ? "hour so far"
	                     : age < 48 ? text_of_counted(view->arena, age + 1, "hour so far", "hours so far")
	                                : text_of_counted(view->arena, age / 24 + 1, "day so far", "days so far");
	value_put_text(view, "chart_span",
	               age < hours            ? arena_print(view->arena, "first %s", so_far)
	               : hours == CHART_HOURS ? "first 7 days"
	                                      : "first 3 days");
}

bool campaign_put_growth(struct exchange *x, struct value *view, const struct campaign *campaign, struct moment as_of,
                         const struct growth *growth, const struct peers *peers, const struct rows *snapshots,
                         struct error *err) {
	bool is_past = moment_is_set(as_of);
	bool by_reports = !is_past && growth && moment_is_set(campaign->sent_at) &&
	                  growth->opened.steps.count + growth->clicked.steps.count > 0;
	double low, high;
	value_put_bool(view, "by_reports", by_reports);
	value_put_bool(view, "has_band", by_reports && peers_band(peers, HOUR_MS, RESPONSE_OPENED, BAND_MIN, &low, &high));
	if (!is_past)
		put_gaps(view, campaign, growth);
	else
		(void)value_put(view, "growth_gaps", value_list(view->arena));
	if (by_reports) {
		put_steps(value_put(view, "curve", value_list(view->arena)), campaign, growth, peers);
		value_put_text(view, "growth_finding", growth_finding(x->arena, campaign, growth, peers, x->now));
	} else if (!put_curve(x, view, campaign, as_of, snapshots, err)) {
		return false;
	}
	put_span(view, campaign, by_reports ? growth : NULL, is_past ? as_of : x->now);
	put_ages(view, campaign, growth, peers);
	put_forecasts(view, campaign, growth, peers, x->now);
	return true;
}
