/* The dashboard page: cards, charts with tables, what needs attention, what changed. */
#include "console/dashboard_pages.h"

#include <math.h>
#include <string.h>

#include "audience/lists/list.h"
#include "audience/lists/list_lookup_pages.h"
#include "campaigns/history.h"
#include "console/recording.h"
#include "core/http/exchange.h"
#include "insights/heatmap.h"
#include "metrics/benchmark.h"
#include "metrics/statistics.h"
#include "observing/sync.h"

enum { SHOWN_MAX = 300 }; /* points on the page; the CSV has all */
enum { WINDOW = 7, BARS = 10, SPARK_POINTS = 40, SPARK_WIDTH = 120, SPARK_HEIGHT = 28, ALARMS = 3, CHANGES = 6 };

/* A point of the chart: a sent campaign with a report whose rate is defined; one still being sent would look like a
 * failure. Oldest first. */
struct point {
	const struct campaign *campaign;
	double rate, average; /* percent; the average is NaN for the first points, up to WINDOW */
};

struct series {
	struct point *points;
	int count;
	double low, high, median;
};

static struct series series_of(const struct figures *figures, enum metric metric, struct arena *arena) {
	struct series series = { .points = arena_array(arena, struct point, figures->count + 1), .low = NAN, .high = NAN };
	double *rates = arena_array(arena, double, figures->count + 1);
	double *averages = arena_array(arena, double, figures->count + 1);
	for (int i = figures->count - 1; i >= 0; i--) {
		const struct campaign *campaign = &figures->campaigns[i];
		bool ended = campaign->has_report && campaign->status == CAMPAIGN_SENT;
		double rate = ended ? metrics_rate(&campaign->current_metrics, metric) : NAN;
		if (isnan(rate))
			continue;
		series.low = fmin(series.low, rate);
		series.high = fmax(series.high, rate);
		rates[series.count] = rate;
		series.points[series.count++] = (struct point){ campaign, rate, NAN };
	}
	int defined = stats_moving_average(rates, series.count, WINDOW, averages);
	for (int i = 0; i < defined; i++)
		series.points[i + WINDOW - 1].average = averages[i];
	series.median = stats_median(rates, series.count);
	return series;
}

static void put_change(struct value *card, double now, double before, bool points, const char *previous) {
	value_put_text(card, "change", metric_change_text(card->arena, now, before, points));
	value_put_text(card, "previous", previous);
}

/* The points of an SVG polyline, newest at the right, zero at the bottom. Null if there is nothing to draw. */
static struct value *spark_view(struct arena *arena, const double *values, int count, double usual) {
	BUF_AUTO points = { 0 };
	double top = isnan(usual) ? 0 : usual;
	if (count > SPARK_POINTS) {
		values += count - SPARK_POINTS;
		count = SPARK_POINTS;
	}
	for (int i = 0; i < count; i++)
		top = fmax(top, values[i]);
	if (count < 2 || top <= 0)
		return value_null(arena);
	for (int i = 0; i < count; i++)
		buf_print(&points, "%.1f,%.1f ", (double)SPARK_WIDTH * i / (count - 1),
		          1 + (SPARK_HEIGHT - 2) * (1 - values[i] / top));
	struct value *spark = value_map(arena);
	value_put_text(spark, "points", arena_copy(arena, buf_text(&points)));
	value_put_text(spark, "usual",
	               isnan(usual) ? NULL : arena_print(arena, "%.1f", 1 + (SPARK_HEIGHT - 2) * (1 - usual / top)));
	return spark;
}

static struct value *add_card(struct value *view, const char *label, const char *value, const char *note,
                              const char *address, const char *action, bool plotted) {
	struct value *cards = (struct value *)(uintptr_t)value_get(view, "cards");
	struct value *card = value_push(cards, value_map(view->arena));
	value_put_text(card, "label", label);
	value_put_text(card, "value", value);
	value_put_text(card, "note", note);
	value_put_text(card, "address", address);
	value_put_text(card, "action", action);
	value_put_bool(card, "plotted", plotted);
	return card;
}

/* URL of the campaign list for the same period and list. */
static char *list_address(const struct exchange *x, const struct dashboard_query *query) {
	char from[MOMENT_TEXT], to[MOMENT_TEXT];
	BUF_AUTO out = { 0 };
	buf_text_add(&out, "/campaigns?");
	if (moment_is_set(query->period.from))
		buf_print(&out, "from=%s&to=%s&", moment_format_day(query->period.from, from),
		          moment_format_day(moment_add(query->period.to, -1), to));
	if (query->list) {
		buf_text_add(&out, "list=");
		url_encode(&out, query->list);
		buf_char(&out, '&');
	}
	if (moment_is_set(query->as_of)) {
		buf_text_add(&out, "as_of=");
		url_encode(&out, moment_format(query->as_of, from));
	}
	return arena_copy(x->arena, buf_text(&out));
}

/* A count is neither usual nor not. */
static void put_no_judgement(struct value *card) {
	value_put_text(card, "judgement", NULL);
	value_put_text(card, "usual", NULL);
}

/* "12 with a report; also 2 draft, 1 sending" */
static const char *sent_note(struct arena *arena, const struct figures *figures) {
	BUF_AUTO out = { 0 };
	bool first = true;
	buf_print(&out, "%d with a report", figures->with_report);
	for (int i = 0; i < CAMPAIGN_STATUS_COUNT; i++) {
		if (i == CAMPAIGN_SENT || !figures->by_status[i])
			continue;
		buf_print(&out, "%s %d %s", first ? "; also" : ",", figures->by_status[i], campaign_statuses.names[i]);
		first = false;
	}
	return arena_copy(arena, buf_text(&out));
}

static void put_counts(struct exchange *x, struct value *view, const struct dashboard_query *query,
                       const struct figures *now, const struct figures *before) {
	double *delivered = arena_array(x->arena, double, now->count + 1);
	int count = 0;
	const char *address = list_address(x, query);
	int sent = now->by_status[CAMPAIGN_SENT];
	struct value *card = add_card(view, "Campaigns sent", text_of_count(x->arena, sent), sent_note(x->arena, now),
	                              address, "list", false);
	put_change(card, sent, before ? before->by_status[CAMPAIGN_SENT] : NAN, false,
	           before ? text_of_count(x->arena, before->by_status[CAMPAIGN_SENT]) : NULL);
	(void)value_put(card, "spark", value_null(x->arena));
	put_no_judgement(card);
	card = add_card(view, "Delivered", text_of_count(x->arena, metrics_delivered(&now->totals)),
	                "people; sent − bounces", address, "list", false);
	for (int i = now->count - 1; i >= 0; i--)
		if (now->campaigns[i].has_report)
			delivered[count++] = (double)metrics_delivered(&now->campaigns[i].current_metrics);
	int64_t was = before ? metrics_delivered(&before->totals) : COUNT_NONE;
	(void)value_put(card, "spark", spark_view(x->arena, delivered, count, NAN));
	put_no_judgement(card);
	put_change(card, (double)metrics_delivered(&now->totals), before ? (double)was : NAN, false,
	           count_text(x->arena, was));
}

/* Judged by the campaigns that have settled. */
static void put_judgement(struct value *card, const struct metrics *settled, int left_out, enum metric metric,
                          const struct usual *usual) {
	struct arena *arena = card->arena;
	const char *words = usual_text(arena, metric, usual), *side;
	const char *judgement = judgement_text(usual_judge(usual, settled, metric), metric, &side);
	value_put_text(card, "usual",
	               words ? arena_print(arena, "%s, of the %d campaigns before", words, usual->count) : NULL);
	value_put_text(card, "judgement", judgement);
	value_put_text(card, "side", side);
	value_put_text(card, "left_out",
	               judgement && left_out ? arena_print(arena, "without %d still coming in", left_out) : NULL);
}

static void put_rates(struct exchange *x, struct value *view, const struct figures *now, const struct figures *before,
                      const struct usual *usual, struct moment at, enum metric chosen) {
	int left_out;
	struct metrics settled = figures_settled(now, at, &left_out);
	static const enum metric shown[] = { METRIC_CLICK_RATE, METRIC_OPEN_RATE, METRIC_BOUNCE_RATE,
		                                 METRIC_UNSUBSCRIBE_RATE };
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		const struct metric_row *row = &metric_rows[shown[i]];
		struct series series = series_of(now, shown[i], x->arena);
		double *rates = arena_array(x->arena, double, series.count + 1), rate = metrics_rate(&now->totals, shown[i]);
		for (int k = 0; k < series.count; k++)
			rates[k] = series.points[k].rate;
		struct value *card = add_card(view, row->name, metric_text(x->arena, shown[i], rate),
		                              *row->caveat ? arena_print(x->arena, "%s, %s", row->formula, row->caveat)
		                                           : row->formula,
		                              exchange_address(x, "/dashboard", "metric", row->key), "plot",
		                              shown[i] == chosen);
		const struct usual *typical = &usual[shown[i]];
		double was = before ? metrics_rate(&before->totals, shown[i]) : NAN;
		(void)value_put(card, "spark", spark_view(x->arena, rates, series.count, typical->median));
		put_judgement(card, &settled, left_out, shown[i], typical);
		put_change(card, rate, was, true, metric_text(x->arena, shown[i], was));
	}
}

static char *plain_rate(struct arena *arena, double rate, enum metric metric) {
	return isnan(rate) ? arena_copy(arena, "–") : arena_print(arena, "%.*f", metric_rows[metric].decimals, rate);
}

static int higher_first(const void *a, const void *b) {
	const struct point *x = a, *y = b;
	return x->rate != y->rate ? (x->rate < y->rate) - (x->rate > y->rate) : strcmp(x->campaign->id, y->campaign->id);
}

static void put_point(struct value *rows, const struct point *point, enum metric metric, double usual) {
	char day[MOMENT_TEXT];
	struct arena *arena = rows->arena;
	struct value *row = value_push(rows, value_map(arena));
	value_put_text(row, "id", point->campaign->id);
	value_put_text(row, "name", campaign_name(point->campaign));
	value_put_text(row, "day", arena_copy(arena, moment_format_day(point->campaign->sent_at, day)));
	value_put_text(row, "rate", plain_rate(arena, point->rate, metric));
	value_put_text(row, "average", plain_rate(arena, point->average, metric));
	value_put_text(row, "usual", plain_rate(arena, usual, metric));
	value_put_text(row, "delivered", text_of_count(arena, metrics_delivered(&point->campaign->current_metrics)));
}

static const char *benchmark_words(struct arena *arena, const struct benchmark *benchmark, double value,
                                   enum metric metric) {
	const char *name = text_is_empty(benchmark->name) ? "benchmark" : benchmark->name;
	const char *dated = text_is_empty(benchmark->dated) ? NULL : benchmark->dated;
	return arena_print(arena, "%s %s %% (%s%s%s)", name, plain_rate(arena, value, metric), benchmark->source,
	                   dated ? ", " : "", dated ? dated : "");
}

/* The benchmark, if one is set. */
static bool put_benchmark(struct exchange *x, struct value *view, enum metric metric, struct error *err) {
	struct rows benchmarks;
	double values[METRIC_COUNT];
	if (!benchmark_list(x->store, x->arena, &benchmarks, values, err))
		return false;
	const struct benchmark *items = benchmarks.items, *set = NULL;
	for (int i = 0; i < benchmarks.count; i++)
		if (text_same(items[i].metric, metric_rows[metric].key) && !isnan(values[metric]))
			set = &items[i];
	value_put_text(view, "benchmark", set ? plain_rate(x->arena, values[metric], metric) : NULL);
	value_put_text(view, "benchmark_words", set ? benchmark_words(x->arena, set, values[metric], metric) : NULL);
	return true;
}

/* The pooled total of the points; null if there are none. */
static void put_total(struct value *view, const char *name, const struct point *points, int count, enum metric metric,
                      double usual) {
	struct metrics sum = { 0 };
	for (int i = 0; i < count; i++)
		metrics_add(&sum, &points[i].campaign->current_metrics);
	struct value *row = value_put(view, name, count ? value_map(view->arena) : value_null(view->arena));
	if (count == 0)
		return;
	value_put_text(row, "rate", plain_rate(view->arena, metrics_rate(&sum, metric), metric));
	value_put_text(row, "usual", plain_rate(view->arena, usual, metric));
	value_put_text(row, "delivered", text_of_count(view->arena, metrics_delivered(&sum)));
}

/* `points` are sorted highest first. */
static const char *bars_finding(struct arena *arena, const struct point *points, int count, enum metric metric) {
	int decimals = metric_rows[metric].decimals;
	if (count < 2)
		return NULL;
	return arena_print(arena, "Highest: %s with %.*f %%; lowest: %s with %.*f %%.", campaign_name(points[0].campaign),
	                   decimals, points[0].rate, campaign_name(points[count - 1].campaign), decimals,
	                   points[count - 1].rate);
}

static const char *series_finding(struct arena *arena, const struct series *series, const struct metric_row *row) {
	if (series->count == 0)
		return NULL;
	return arena_print(arena, "%s of %d campaigns: from %.*f %% to %.*f %%, median %.*f %%.", row->name, series->count,
	                   row->decimals, series->low, row->decimals, series->high, row->decimals, series->median);
}

static void put_series(struct value *view, const struct series *series, enum metric metric, double usual) {
	const struct metric_row *row = &metric_rows[metric];
	struct arena *arena = view->arena;
	struct value *rows = value_put(view, "series", value_list(arena)),
				 *bars = value_put(view, "bars", value_list(arena));
	int first = series->count > BARS ? series->count - BARS : 0;
	struct point *last = arena_array(arena, struct point, BARS);
	memcpy(last, series->points + first, sizeof *last * (size_t)(series->count - first));
	qsort(last, (size_t)(series->count - first), sizeof *last, higher_first);
	int hidden = series->count > SHOWN_MAX ? series->count - SHOWN_MAX : 0;
	for (int i = hidden; i < series->count; i++)
		put_point(rows, &series->points[i], metric, usual);
	value_put_text(view, "hidden", hidden ? text_of_count(arena, hidden) : NULL);
	for (int i = 0; i < series->count - first; i++)
		put_point(bars, &last[i], metric, usual);
	put_total(view, "series_total", series->points, series->count, metric, usual);
	put_total(view, "bars_total", last, series->count - first, metric, usual);
	value_put_text(view, "bars_finding", bars_finding(arena, last, series->count - first, metric));
	value_put_text(view, "series_count", text_of_count(arena, series->count));
	value_put_text(view, "metric", row->name);
	value_put_text(view, "metric_formula", row->formula);
	value_put_text(view, "metric_caveat", *row->caveat ? row->caveat : NULL);
	value_put_text(view, "finding", series_finding(arena, series, row));
}

static void put_alarms(struct value *view, const struct figures *figures) {
	struct arena *arena = view->arena;
	struct value *alarms = value_put(view, "alarms", value_list(arena));
	int more = 0;
	for (int i = 0; i < figures->count; i++) {
		const struct campaign *campaign = &figures->campaigns[i];
		const char *words = campaign->has_report ? metrics_alarm(arena, &campaign->current_metrics) : NULL;
		if (!words)
			continue;
		if (alarms->count == ALARMS) {
			more++;
			continue;
		}
		struct value *alarm = value_push(alarms, value_map(arena));
		value_put_text(alarm, "words", words);
		value_put_text(alarm, "id", campaign->id);
		value_put_text(alarm, "name", campaign_name(campaign));
		value_put_text(alarm, "day", text_of_day(arena, campaign->sent_at));
	}
	value_put_bool(view, "has_alarms", alarms->count > 0);
	(void)value_put(view, "more_alarms", more ? value_int(arena, more) : value_null(arena));
}

static bool put_changes(struct exchange *x, struct value *run, const struct sync_run *ended, struct error *err) {
	struct campaign_change *changes;
	int count;
	if (!campaign_changes(x->store, ended->id, CHANGES, x->arena, &changes, &count, err))
		return false;
	struct value *rows = value_put(run, "changes", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		const struct snapshot *snapshot = changes[i].snapshot;
		bool first = snapshot->opened_change == COUNT_NONE;
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "id", changes[i].id);
		value_put_text(row, "name", text_is_empty(changes[i].name) ? "(no name)" : changes[i].name);
		value_put_bool(row, "first", first);
		value_put_text(row, "opened", text_of_count(x->arena, snapshot->metrics.opened));
		value_put_text(row, "clicked", text_of_count(x->arena, snapshot->metrics.clicked));
		value_put_text(row, "opened_change", first ? NULL : text_of_change(x->arena, snapshot->opened_change));
		value_put_text(row, "clicked_change", first ? NULL : text_of_change(x->arena, snapshot->clicked_change));
	}
	bool more = ended->snapshots > count;
	value_put_bool(run, "has_changes", count > 0);
	(void)value_put(run, "more_changes", more ? value_int(x->arena, ended->snapshots - count) : value_null(x->arena));
	return true;
}

/* The newest run that has ended; a running one has its own page, and a past moment none. */
static bool put_sync(struct exchange *x, struct value *view, struct moment as_of, struct error *err) {
	struct sync_run *runs;
	int count, i = 0;
	if (moment_is_set(as_of)) {
		(void)value_put(view, "run", value_null(x->arena));
		return true;
	}
	if (!sync_recent(x->store, RUN_FIGURES, 2, x->arena, &runs, &count, err))
		return false;
	while (i < count && !moment_is_set(runs[i].ended_at))
		i++;
	struct value *run = value_put(view, "run",
	                              i < count ? record_to_value(&sync_run_record, &runs[i], x->arena)
	                                        : value_null(x->arena));
	if (i == count)
		return true;
	value_put_text(run, "when", text_of_moment(x->arena, runs[i].requested_at));
	value_put_bool(run, "trouble", runs[i].state == RUN_FAILED || runs[i].state == RUN_PARTIAL);
	value_put_text(run, "word", runs[i].state == RUN_FAILED ? "failed" : "is partial");
	return put_changes(x, run, &runs[i], err);
}

static void put_controls(struct exchange *x, struct value *view, const struct dashboard_query *query) {
	static const char *const kept[] = { "from", "to", "cfrom", "cto", "as_of" };
	const char *compare = params_get(&x->query, "compare"), *match = params_get(&x->query, "match");
	struct value *periods = value_put(view, "periods", value_list(x->arena));
	for (const struct period_name *name = period_names; name->key; name++) {
		put_choice(periods, name->key, name->label, text_same(name->key, query->period.name));
		BUF_AUTO address = { 0 };
		buf_print(&address, "/dashboard?period=%s&metric=%s", name->key, metric_rows[query->metric].key);
		if (query->list) {
			buf_text_add(&address, "&list=");
			url_encode(&address, query->list);
		}
		if (moment_is_set(query->as_of)) {
			buf_text_add(&address, "&as_of=");
			url_encode(&address, params_get(&x->query, "as_of"));
		}
		value_put_text(periods->last, "address", arena_copy(x->arena, buf_text(&address)));
	}
	struct value *compares = value_put(view, "compares", value_list(x->arena));
	put_choice(compares, "prev", "the period before", text_same("prev", compare));
	put_choice(compares, "year", "a year before", text_same("year", compare));
	put_choice(compares, "custom", "the dates at the right", text_same("custom", compare));
	put_choice(compares, "none", "nothing", text_same("none", compare));
	value_put_bool(view, "weekdays", text_same(match, "weekday"));
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		value_put_text(view, arena_print(x->arena, "is_%s", kept[i]), params_get(&x->query, kept[i]));
	value_put_text(view, "metric_key", metric_rows[query->metric].key);
	value_put_text(view, "csv", exchange_address(x, "/dashboard.csv", "format", "csv"));
	value_put_text(view, "heatmap_csv", exchange_address(x, "/heatmap.csv", "format", "csv"));
}

static void put_dates(struct value *view, const struct dashboard_query *query) {
	const struct period *period = &query->period, *compared = &query->compared;
	struct arena *arena = view->arena;
	bool bounded = moment_is_set(period->from), has = query->has_compared;
	value_put_text(view, "from", bounded ? text_of_day(arena, period->from) : NULL);
	value_put_text(view, "to", bounded ? text_of_day(arena, moment_add(period->to, -1)) : NULL);
	value_put_text(view, "before_from", has ? text_of_day(arena, compared->from) : NULL);
	value_put_text(view, "before_to", has ? text_of_day(arena, moment_add(compared->to, -1)) : NULL);
}

bool dashboard_page(struct exchange *x, struct error *err) {
	struct dashboard_query query;
	struct figures now, before;
	struct error problem;
	struct value *view = value_map(x->arena);
	struct usual usual[METRIC_COUNT];
	struct heatmap heatmap;
	const char *began;
	if (!dashboard_read_query(x, &x->query, x->now, &query, &problem)) {
		if (!exchange_show_problem(x, &problem, err) ||
		    !dashboard_read_query(x, &(struct params){ 0 }, x->now, &query, err))
			return false;
	}
	if (!figures_find(x->store, &query.period, query.list, query.as_of, x->arena, &now, err) ||
	    (query.has_compared &&
	     !figures_find(x->store, &query.compared, query.list, query.as_of, x->arena, &before, err)) ||
	    !figures_usual(x->store, &query.period, query.list, query.as_of, x->arena, usual, err) ||
	    !put_sync(x, view, query.as_of, err) || !recording_began(x, query.as_of, &began, err) ||
	    !put_benchmark(x, view, query.metric, err) || !list_put_choices(x, query.list, view, err))
		return false;
	struct series series = series_of(&now, query.metric, x->arena);
	value_put_text(view, "began", began);
	struct moment read_at = figures_read_at(&now, x->versions.data_at);
	value_put_text(view, "as_of", moment_is_set(query.as_of) ? NULL : text_of_moment(x->arena, read_at));
	exchange_put_data_at(x, view, read_at);
	put_dates(view, &query);
	exchange_put_past(x, view, query.as_of);
	put_controls(x, view, &query);
	(void)value_put(view, "cards", value_list(x->arena));
	put_counts(x, view, &query, &now, query.has_compared ? &before : NULL);
	put_rates(x, view, &now, query.has_compared ? &before : NULL, usual,
	          moment_is_set(query.as_of) ? query.as_of : x->now, query.metric);
	put_series(view, &series, query.metric, usual[query.metric].median);
	put_alarms(view, &now);
	heatmap_of(&now, &heatmap);
	heatmap_put(view, &heatmap, query.metric);
	value_put_bool(view, "empty", now.count == 0);
	return reply_page(x, "console/dashboard", "Dashboard", "dashboard", view, err);
}

struct series_line {
	const char *sent_day_utc, *campaign, *metric;
	double percent, mean_of_7_percent;
	int64_t delivered;
};

static const struct field series_fields[] = {
	FIELD(struct series_line, sent_day_utc),
	FIELD(struct series_line, campaign),
	FIELD(struct series_line, metric),
	FIELD(struct series_line, percent),
	FIELD(struct series_line, mean_of_7_percent),
	FIELD(struct series_line, delivered),
};
static const struct record_type series_record = RECORD_TYPE("SeriesLine", struct series_line, series_fields);

bool dashboard_csv(struct exchange *x, struct error *err) {
	struct dashboard_query query;
	struct figures figures;
	if (!dashboard_read_query(x, &x->query, x->now, &query, err) || !recording_check(x, query.as_of, err) ||
	    !figures_find(x->store, &query.period, query.list, query.as_of, x->arena, &figures, err))
		return false;
	struct series series = series_of(&figures, query.metric, x->arena);
	record_to_csv_head(&series_record, &x->body);
	for (const struct point *point = series.points; point < series.points + series.count; point++) {
		char day[MOMENT_TEXT];
		struct series_line line = { moment_format_day(point->campaign->sent_at, day),
			                        campaign_name(point->campaign),
			                        metric_rows[query.metric].formula,
			                        point->rate,
			                        point->average,
			                        metrics_delivered(&point->campaign->current_metrics) };
		record_to_csv(&series_record, &line, &x->body);
	}
	return reply_csv(x, "dashboard.csv");
}
