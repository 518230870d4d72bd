/* The dashboard page: what needs attention, figures, charts with tables, what changed. */
#include "console/dashboard_pages.h"

#include <math.h>

#include "audience/lists/list_lookup_pages.h"
#include "audience/lists/past.h"
#include "campaigns/history.h"
#include "console/dashboard_view.h"
#include "console/first_steps.h"
#include "console/recording.h"
#include "core/base/local.h"
#include "core/http/parts.h"
#include "insights/heatmap.h"
#include "insights/peers.h"
#include "insights/series.h"
#include "metrics/benchmark.h"
#include "observing/sync.h"
#include "reports/partners/partner_lookup_pages.h"

enum { CHANGES = 6 };

/* The list, the partner and the past moment of a query, as parameters. */
static void add_rest(struct buf *out, const struct dashboard_query *query) {
	char at[MOMENT_TEXT];
	if (query->list) {
		buf_text_add(out, "list=");
		url_encode(out, query->list);
		buf_char(out, '&');
	}
	if (query->partner)
		buf_print(out, "partner=%s&", query->partner);
	if (moment_is_set(query->as_of)) {
		buf_text_add(out, "as_of=");
		url_encode(out, moment_format(query->as_of, at));
	}
}

/* URL of the campaign list for the same period and list. */
static char *list_address(const struct exchange *x, const struct dashboard_query *query) {
	BUF_AUTO out = { 0 };
	buf_text_add(&out, "/campaigns?");
	if (moment_is_set(query->period.from))
		buf_print(&out, "from=%s&to=%s&", text_of_iso_day(x->arena, query->period.from),
		          text_of_iso_day(x->arena, moment_add(query->period.to, -1)));
	add_rest(&out, query);
	return arena_copy(x->arena, buf_text(&out));
}

static const char *benchmark_words(struct arena *arena, const struct benchmark *benchmark, double value,
                                   enum metric metric) {
	const char *name = text_is_empty(benchmark->name) ? "benchmark" : benchmark->name;
	const char *dated = text_is_empty(benchmark->dated) ? NULL : benchmark->dated;
	return arena_print(arena, "%s %s (%s%s%s)", name, metric_text(arena, metric, value), benchmark->source,
	                   dated ? ", " : "", dated ? dated : "");
}

bool dashboard_put_benchmark(struct exchange *x, struct value *view, enum metric metric, struct error *err) {
	struct rows benchmarks;
	double values[METRIC_COUNT];
	if (!benchmark_list(x->store, x->arena, &benchmarks, values, err))
		return false;
	const struct benchmark *items = benchmarks.items, *set = NULL;
	for (int i = 0; i < benchmarks.count; i++)
		if (text_same(items[i].metric, metric_rows[metric].key) && !isnan(values[metric]))
			set = &items[i];
	value_put_text(view, "benchmark", set ? metric_text(x->arena, metric, values[metric]) : NULL);
	value_put_text(view, "benchmark_words", set ? benchmark_words(x->arena, set, values[metric], metric) : NULL);
	return true;
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
	value_put_bool(run, "has_changes", count > 0);
	value_put_text(run, "more_changes",
	               ended->snapshots > count ? text_of_count(x->arena, ended->snapshots - count) : NULL);
	return true;
}

/* The newest run that has ended; a running one has its own page, and a past moment none. */
static bool find_run(const struct board *board, struct sync_run **run, struct error *err) {
	struct sync_run *runs;
	int count = 0;
	*run = NULL;
	if (moment_is_set(board->query.as_of))
		return true;
	if (!sync_recent(board->x->store, RUN_FIGURES, 2, board->x->arena, &runs, &count, err))
		return false;
	for (int i = 0; i < count && !*run; i++)
		if (moment_is_set(runs[i].ended_at))
			*run = &runs[i];
	return true;
}

static bool put_run(struct value *view, const struct board *board, const struct sync_run *ended, struct error *err) {
	struct arena *arena = view->arena;
	struct value *run = value_put(view, "run", ended ? value_map(arena) : value_null(arena));
	if (!ended)
		return true;
	value_put_text(run, "when", text_of_moment_near(arena, ended->requested_at, board->x->now));
	value_put_text(run, "changed", text_of_count(arena, ended->snapshots));
	value_put_text(run, "unchanged", text_of_count(arena, ended->unchanged));
	return put_changes(board->x, run, ended, err);
}

/* The grid covers at least the twelve months that end with the period: a few weeks have too few campaigns. */
static void put_heatmap(struct value *view, const struct board *board) {
	struct exchange *x = board->x;
	const struct period *period = &board->query.period;
	struct figures figures;
	struct heatmap map;
	int count = 0;
	bool bounded = moment_is_set(period->from);
	struct moment year = bounded ? local_moment(year_before(local_wall(period->to), true)) : MOMENT_NONE;
	struct moment from = bounded && year.ms < period->from.ms ? year : period->from;
	while (count < board->known_count && (!bounded || board->known[count].sort_sent >= from.ms))
		count++;
	figures_of(board->known, count, x->arena, &figures);
	heatmap_of(&figures, board->at, &map);
	heatmap_put(view, &map, board->query.metric);
	value_put_text(view, "heat_span",
	               !bounded             ? "all time"
	               : from.ms == year.ms ? "12 months"
	                                    : text_of_days(x->arena, from, moment_add(period->to, -1)));
	BUF_AUTO csv = { 0 };
	buf_text_add(&csv, "/heatmap.csv?");
	if (bounded) {
		buf_print(&csv, "from=%s", text_of_iso_day(x->arena, from));
		buf_print(&csv, "&to=%s&", text_of_iso_day(x->arena, moment_add(period->to, -1)));
	} else {
		buf_text_add(&csv, "period=all&");
	}
	add_rest(&csv, &board->query);
	value_put_text(view, "heat_csv", arena_copy(x->arena, buf_text(&csv)));
}

void dashboard_put_head(struct value *view, const struct board *board) {
	const struct period *period = &board->query.period;
	struct arena *arena = view->arena;
	int sent = board->now.by_status[CAMPAIGN_SENT];
	bool bounded = moment_is_set(period->from);
	value_put_text(view, "sent", text_of_counted(arena, sent, "campaign", "campaigns"));
	value_put_text(view, "span", bounded ? text_of_days(arena, period->from, moment_add(period->to, -1)) : NULL);
	const struct period *compared = &board->query.compared;
	value_put_text(view, "compared_span",
	               bounded && board->query.has_compared
	                   ? text_of_days(arena, compared->from, moment_add(compared->to, -1))
	                   : NULL);
	value_put_text(view, "list_address", list_address(board->x, &board->query));
	value_put_text(view, "period_words", bounded ? "in this period" : "yet");
}

bool dashboard_find(struct board *board, struct error *err) {
	struct exchange *x = board->x;
	const struct dashboard_query *query = &board->query;
	struct strings ids = { 0 };
	int skipped = 0;
	if (!dashboard_find_figures(x, query, &query->period, &board->now, err) ||
	    (query->has_compared && !dashboard_find_figures(x, query, &query->compared, &board->before, err)) ||
	    !dashboard_find_known(x, query, query->period.to, &board->known, &board->known_count, err) ||
	    !list_all_at(x->store, query->as_of, x->arena, &board->lists, &board->list_count, err))
		return false;
	while (moment_is_set(query->period.from) && skipped < board->known_count &&
	       board->known[skipped].sort_sent >= query->period.from.ms)
		skipped++;
	(void)figures_usual_of(board->known + skipped, board->known_count - skipped, query->as_of, board->usual);
	board->at = moment_is_set(query->as_of) ? query->as_of : x->now;
	board->read_at = figures_read_at(&board->now, x->versions.data_at);
	if (moment_is_set(query->as_of) || query->partner) /* who joined and left is kept by list, and only as it is now */
		return true;
	ids.items = arena_array(x->arena, const char *, (size_t)board->list_count + 1);
	for (int i = 0; i < board->list_count; i++)
		if (!query->list || text_same(board->lists[i].id, query->list))
			ids.items[ids.count++] = board->lists[i].id;
	return list_find_weeks_of(x->store, &ids, x->arena, &board->weeks, err);
}

static void put_board(struct value *view, const struct board *board) {
	const struct dashboard_query *query = &board->query;
	struct list_trend trend = list_trend_of(&board->weeks, &query->period,
	                                        query->has_compared ? &query->compared : NULL, view->arena);
	dashboard_put_head(view, board);
	dashboard_put_controls(view, board);
	dashboard_put_stats(view, board, &trend);
	dashboard_put_series(view, board);
	dashboard_put_latest(view, board);
	dashboard_put_growth(view, &trend);
	put_heatmap(view, board);
}

/* Before anything has been read, the page is the checklist. */
static bool reply_first_run(struct board *board, struct value *view, const struct sync_run *run, struct error *err) {
	struct value *troubles = value_put(view, "troubles", value_list(view->arena));
	if (run && run->state != RUN_COMPLETE)
		dashboard_put_trouble(troubles, board, run);
	value_put_text(view, "name", board->x->identity.user);
	return first_steps_put(board->x, view, false, err) &&
	       reply_page(board->x, "console/first_run", "Welcome", "dashboard", view, err);
}

/* A past moment has none: they are about the present. */
static bool put_first_steps(const struct board *board, struct value *view, struct error *err) {
	if (!moment_is_set(board->query.as_of))
		return first_steps_put(board->x, view, true, err);
	(void)value_put(view, "steps", value_null(view->arena));
	return true;
}

/* The filter by partner, and the name of the one in use. */
static bool put_partners(const struct board *board, struct value *view, struct error *err) {
	const char *name;
	if (!partner_put_options(board->x, value_put(view, "partners", value_list(view->arena)), board->query.partner,
	                         &name, err))
		return false;
	value_put_text(view, "partner", name);
	value_put_bool(view, "of_all", true);
	return true;
}

static bool put_empty(const struct board *board, struct value *view, struct error *err) {
	struct campaign *campaigns;
	int count;
	value_put_bool(view, "empty", board->now.count == 0);
	if (board->now.count > 0)
		return true;
	if (!campaign_select(board->x->store, &CAMPAIGN_EVERY, board->x->arena, &campaigns, &count, err))
		return false;
	value_put_bool(view, "none_yet", count == 0);
	return true;
}

bool dashboard_page(struct exchange *x, struct error *err) {
	struct board *board = arena_new_of(x->arena, struct board);
	struct value *view = value_map(x->arena);
	struct sync_run *run;
	struct error problem;
	const char *began;
	board->x = x;
	board->address = "/dashboard";
	if (!dashboard_read_query(x, &x->query, x->now, &board->query, &problem)) {
		if (!exchange_show_problem(x, &problem, err) ||
		    !dashboard_read_query(x, &(struct params){ 0 }, x->now, &board->query, err))
			return false;
	}
	if (!dashboard_find(board, err) || !find_run(board, &run, err) ||
	    !recording_began(x, board->query.as_of, &began, err) ||
	    !dashboard_put_benchmark(x, view, board->query.metric, err) ||
	    !list_put_choices(x, board->query.list, view, err) || !put_partners(board, view, err))
		return false;
	if (!moment_is_set(x->versions.data_at) && board->known_count == 0 && !x->problem)
		return reply_first_run(board, view, run, err);
	value_put_text(view, "began", began);
	exchange_put_data_at(x, view, board->read_at);
	exchange_put_past(x, view, board->query.as_of);
	if (!dashboard_put_tasks(view, board, run, err) || !put_run(view, board, run, err) ||
	    !put_first_steps(board, view, err))
		return false;
	put_board(view, board);
	return put_empty(board, view, err) && reply_page(x, "console/dashboard", "Dashboard", "dashboard", view, err);
}

struct series_line {
	const char *sent_day_utc, *campaign, *metric;
	double percent, mean_of_7_percent;
	int64_t delivered;
	const char *note;
};

static const struct field series_fields[] = {
	FIELD(struct series_line, sent_day_utc),
	FIELD(struct series_line, campaign),
	FIELD(struct series_line, metric),
	FIELD(struct series_line, percent),
	FIELD(struct series_line, mean_of_7_percent),
	FIELD(struct series_line, delivered),
	FIELD(struct series_line, note),
};
static const struct record_type series_record = RECORD_TYPE("SeriesLine", struct series_line, series_fields);

bool dashboard_csv(struct exchange *x, struct error *err) {
	struct dashboard_query query;
	struct figures figures;
	if (!dashboard_read_query(x, &x->query, x->now, &query, err) || !recording_check(x, query.as_of, err) ||
	    !dashboard_find_figures(x, &query, &query.period, &figures, err))
		return false;
	struct series series = series_of(&figures, query.metric, x->now, x->arena);
	record_to_csv_head(&series_record, &x->body);
	const struct point *point = series.points;
	for (int i = figures.count - 1; i >= 0; i--) {
		const struct campaign *campaign = &figures.campaigns[i];
		bool drawn = point < series.points + series.count && point->campaign == campaign;
		if (!drawn && !moment_is_set(campaign->sent_at))
			continue;
		struct series_line line = { text_of_iso_day(x->arena, campaign->sent_at),
			                        campaign_name(campaign),
			                        metric_rows[query.metric].formula,
			                        drawn ? point->rate : NAN,
			                        drawn ? point->mean : NAN,
			                        campaign->has_report ? metrics_delivered(&campaign->current_metrics) : COUNT_NONE,
			                        series_gap(campaign, query.metric) };
		record_to_csv(&series_record, &line, &x->body);
		point += drawn;
	}
	return reply_csv(x, "dashboard.csv");
}
