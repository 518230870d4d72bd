/* The charts and tables of the dashboard. */
#include <math.h>
#include <string.h>

#include "campaigns/campaign.h"
#include "console/campaign_pages.h"
#include "console/dashboard_view.h"
#include "core/base/checked.h"
#include "core/http/parts.h"
#include "insights/peers.h"
#include "insights/series.h"
#include "metrics/benchmark.h"

enum { SHOWN_MAX = 300 }; /* points on the page; the CSV has all */
enum { LATEST = 6 };

/* The keys by which charts.js and the legend know the metrics. */
static const char *const series_keys[METRIC_COUNT] = {
	[METRIC_OPEN_RATE] = "opens",  [METRIC_CLICK_RATE] = "clicks",     [METRIC_CLICK_TO_OPEN_RATE] = "clicks",
	[METRIC_BOUNCE_RATE] = "lost", [METRIC_UNSUBSCRIBE_RATE] = "lost", [METRIC_COMPLAINT_RATE] = "lost",
};

const char *dashboard_list_name(const struct board *board, const char *id) {
	for (int i = 0; i < board->list_count; i++)
		if (text_same(board->lists[i].id, id))
			return board->lists[i].name;
	return NULL;
}

/* "27 Oct 2026, 10:00 UTC · Newsletter" */
static const char *place_text(const struct board *board, const struct campaign *campaign) {
	struct arena *arena = board->x->arena;
	const char *list = dashboard_list_name(board, campaign->list_id), *at = text_of_moment(arena, campaign->sent_at);
	return list ? arena_print(arena, "%s · %s", at, list) : at;
}

static void put_point(struct value *rows, const struct board *board, const struct point *point) {
	struct arena *arena = rows->arena;
	enum metric metric = board->query.metric;
	char time[MOMENT_TEXT];
	bool judged = point->usual.count >= USUAL_MIN;
	struct value *row = value_push(rows, value_map(arena));
	value_put_text(row, "id", point->campaign->id);
	value_put_text(row, "name", campaign_name(point->campaign));
	value_put_text(row, "time", arena_copy(arena, moment_format(point->campaign->sent_at, time)));
	value_put_text(row, "place", place_text(board, point->campaign));
	value_put_text(row, "rate", metric_text(arena, metric, point->rate));
	value_put_text(row, "mean", metric_text(arena, metric, point->mean));
	value_put_text(row, "low", metric_text(arena, metric, judged ? point->usual.low : NAN));
	value_put_text(row, "high", metric_text(arena, metric, judged ? point->usual.high : NAN));
	value_put_text(row, "delivered", text_of_count(arena, metrics_delivered(&point->campaign->current_metrics)));
}

/* A campaign with its rate, for the sentence above the chart. */
static void put_end(struct value *view, const char *name, const struct point *point, enum metric metric) {
	struct value *one = value_put(view, name, point ? value_map(view->arena) : value_null(view->arena));
	if (!point)
		return;
	value_put_text(one, "id", point->campaign->id);
	value_put_text(one, "name", campaign_name(point->campaign));
	value_put_text(one, "rate", metric_text(view->arena, metric, point->rate));
}

static void put_finding(struct value *view, const struct series *series, enum metric metric) {
	struct arena *arena = view->arena;
	bool ranked = series->ranked > 1;
	put_end(view, "highest", ranked ? series_highest(series) : NULL, metric);
	put_end(view, "lowest", ranked ? series_lowest(series) : NULL, metric);
	value_put_text(view, "median",
	               ranked ? arena_print(arena, "Median of %s campaigns %s.", text_of_count(arena, series->ranked),
	                                    metric_text(arena, metric, series->median))
	                      : NULL);
	put_end(view, "single", series->count == 1 ? series->points : NULL, metric);
}

/* "Not ranked, nor in mean and median: 1 campaign with under 100 delivered and 2 still collecting." */
static void put_unranked(struct value *view, const struct series *series) {
	struct arena *arena = view->arena;
	BUF_AUTO out = { 0 };
	if (series->few)
		buf_print(&out, "%s with under %d delivered", text_of_counted(arena, series->few, "campaign", "campaigns"),
		          METRICS_FEW);
	if (series->few && series->collecting)
		buf_print(&out, " and %d still collecting", series->collecting);
	else if (series->collecting)
		buf_print(&out, "%s still collecting", text_of_counted(arena, series->collecting, "campaign", "campaigns"));
	value_put_text(view, "unranked",
	               out.size ? arena_print(arena, "Not ranked, nor in mean and median: %s.", buf_text(&out)) : NULL);
}

/* The pooled total of the points. */
static void put_total(struct value *view, const struct series *series, enum metric metric) {
	struct arena *arena = view->arena;
	struct metrics sum = { 0 };
	for (int i = 0; i < series->count; i++)
		metrics_add(&sum, &series->points[i].campaign->current_metrics);
	struct value *row = value_put(view, "series_total", value_map(arena));
	value_put_text(row, "count", text_of_count(arena, series->count));
	value_put_text(row, "rate", metric_text(arena, metric, metrics_rate(&sum, metric)));
	value_put_text(row, "delivered", text_of_count(arena, metrics_delivered(&sum)));
}

/* "2 campaigns are not drawn: nothing to divide by, still being sent" */
static void put_left_out(struct value *view, const struct board *board) {
	BUF_AUTO reasons = { 0 };
	int count = 0;
	for (int i = 0; i < board->now.count; i++) {
		const struct campaign *campaign = &board->now.campaigns[i];
		const char *gap = moment_is_set(campaign->sent_at) ? series_gap(campaign, board->query.metric) : NULL;
		if (gap && !strstr(buf_text(&reasons), gap))
			buf_print(&reasons, "%s%s", count ? ", " : "", gap);
		count += gap != NULL;
	}
	value_put_text(view, "left_out",
	               count ? arena_print(view->arena, "%s not drawn: %s.",
	                                   text_of_counted(view->arena, count, "campaign is", "campaigns are"),
	                                   buf_text(&reasons))
	                     : NULL);
}

void dashboard_put_series(struct value *view, const struct board *board) {
	enum metric metric = board->query.metric;
	struct arena *arena = view->arena;
	struct series series = series_of(&board->now, metric, board->at, arena);
	series_put_usual(&series, board->known, board->known_count, metric, board->query.as_of);
	struct value *rows = value_put(view, "series", value_list(arena));
	int hidden = series.count > SHOWN_MAX ? series.count - SHOWN_MAX : 0;
	for (int i = hidden; i < series.count; i++)
		put_point(rows, board, &series.points[i]);
	value_put_text(view, "hidden", hidden ? text_of_count(arena, hidden) : NULL);
	bool has_usual = false;
	for (int i = hidden; i < series.count; i++)
		has_usual = has_usual || series.points[i].usual.count >= USUAL_MIN;
	value_put_bool(view, "has_usual", has_usual);
	value_put_bool(view, "has_mean", series.ranked >= SERIES_MEAN_OF);
	value_put_bool(view, "drawn", series.count > 1);
	put_left_out(view, board);
	value_put_text(view, "metric", metric_rows[metric].name);
	value_put_text(view, "metric_series", series_keys[metric]);
	put_finding(view, &series, metric);
	put_unranked(view, &series);
	put_total(view, &series, metric);
}

static double greatest(const struct campaign *campaigns, int count, enum metric metric) {
	double most = NAN;
	for (int i = 0; i < count; i++)
		most = fmax(most, metrics_rate(&campaigns[i].current_metrics, metric));
	return most;
}

void dashboard_put_rows(struct value *rows, const struct board *board, const struct campaign *campaigns, int count) {
	struct arena *arena = rows->arena;
	double clicks = greatest(campaigns, count, METRIC_CLICK_RATE), opens = greatest(campaigns, count, METRIC_OPEN_RATE);
	for (int i = 0; i < count; i++) {
		const struct campaign *campaign = &campaigns[i];
		const struct metrics *metrics = &campaign->current_metrics;
		struct value *row = value_push(rows, campaign_row_view(campaign, arena));
		value_put_text(row, "sent_near", text_of_day_cell(arena, campaign->sent_at, board->x->now));
		value_put_text(row, "list", dashboard_list_name(board, campaign->list_id));
		value_put_bool(row, "is_sent", campaign->status == CAMPAIGN_SENT);
		value_put_bool(row, "collecting",
		               campaign->status == CAMPAIGN_SENT && !campaign_has_settled(campaign, board->at));
		value_put_text(row, "click_width", part_width(arena, metrics_rate(metrics, METRIC_CLICK_RATE), clicks));
		value_put_text(row, "open_width", part_width(arena, metrics_rate(metrics, METRIC_OPEN_RATE), opens));
	}
}

void dashboard_put_latest(struct value *view, const struct board *board) {
	int count = board->known_count < LATEST ? board->known_count : LATEST;
	dashboard_put_rows(value_put(view, "latest", value_list(view->arena)), board, board->known, count);
	value_put_bool(view, "has_latest", count > 0);
}

static void put_week(struct value *row, const struct list_week *week) {
	struct arena *arena = row->arena;
	int64_t others = checked_sum(week->complained, week->otherwise);
	const struct {
		const char *name;
		int64_t count;
	} losses[] = { { "unsubscribed", week->unsubscribed }, { "bounced", week->bounced }, { "others", others } };
	value_put_text(row, "joined", text_of_count(arena, week->joined));
	for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
		value_put_text(row, losses[i].name, losses[i].count ? text_of_change(arena, -losses[i].count) : "0");
	value_put_text(row, "net", text_of_change(arena, list_week_net(week)));
}

void dashboard_put_growth(struct value *view, const struct list_trend *trend) {
	struct arena *arena = view->arena;
	bool shown = trend->weeks.count > 1;
	const struct list_week *weeks = trend->weeks.items;
	struct value *growth = value_put(view, "growth", shown ? value_map(arena) : value_null(arena));
	if (!shown)
		return;
	struct value *rows = value_put(growth, "weeks", value_list(arena));
	for (int i = 0; i < trend->weeks.count; i++) {
		struct value *row = value_push(rows, value_map(arena));
		const char *day = text_of_day(arena, weeks[i].week);
		value_put_text(row, "week", day);
		value_put_text(row, "tick", arena_copy_bytes(arena, day, (size_t)(strrchr(day, ' ') - day)));
		put_week(row, &weeks[i]);
	}
	put_week(value_put(growth, "total", value_map(arena)), &trend->total);
	value_put_int(growth, "count", trend->weeks.count);
	int64_t left = list_week_left(&trend->total), net = list_week_net(&trend->total);
	value_put_text(growth, "finding",
	               arena_print(arena, "In %s %s joined and %s left: %s %s.",
	                           text_of_counted(arena, trend->weeks.count, "week", "weeks"),
	                           text_of_count(arena, trend->total.joined), text_of_count(arena, left),
	                           text_of_count(arena, checked_distance(net, 0)),
	                           checked_distance(net, 0) == 1 ? net < 0 ? "contact fewer" : "contact more"
	                           : net < 0                     ? "fewer contacts"
	                                                         : "more contacts"));
}
