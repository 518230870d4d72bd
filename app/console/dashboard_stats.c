/* The strip of figures on the dashboard: value, change and what is usual; formula, interval and source behind ⓘ. */
#include <math.h>
#include <string.h>

#include "console/dashboard_view.h"
#include "core/base/checked.h"
#include "core/base/local.h"
#include "core/http/parts.h"
#include "metrics/statistics.h"

static void tip_add_source(struct part_tip *tip, const struct board *board, const char *what, struct moment read_at) {
	struct arena *arena = board->x->arena;
	bool dated = moment_is_set(read_at) && !moment_is_set(board->query.as_of);
	part_tip_add(tip, "Source",
	             dated ? arena_print(arena, "%s, read %s", what, text_of_moment_near(arena, read_at, board->x->now))
	                   : what);
}

static const char *compared_text(const struct board *board) {
	const struct period *compared = &board->query.compared;
	if (!board->query.has_compared || !moment_is_set(compared->from))
		return NULL;
	return text_of_days(board->x->arena, compared->from, moment_add(compared->to, -1));
}

/* "69 sent, 70 with a report; also 1 draft, 1 sending" */
static const char *campaigns_text(struct arena *arena, const struct figures *figures) {
	BUF_AUTO out = { 0 };
	bool first = true;
	buf_print(&out, "%d sent, %d with a report", figures->by_status[CAMPAIGN_SENT], figures->with_report);
	for (int i = 0; i < CAMPAIGN_STATUS_COUNT; i++) {
		if (i == CAMPAIGN_SENT || !figures->by_status[i])
			continue;
		buf_print(&out, "%s %d %s", first ? "; also" : ",", figures->by_status[i], campaign_statuses.names[i]);
		first = false;
	}
	return arena_copy(arena, buf_text(&out));
}

static void put_delivered(struct value *view, const struct board *board) {
	struct arena *arena = board->x->arena;
	const struct metrics *totals = &board->now.totals;
	int64_t delivered = metrics_delivered(totals), was = metrics_delivered(&board->before.totals);
	bool has = board->query.has_compared && board->before.with_report > 0;
	struct part_tip tip = { 0 };
	part_tip_add(&tip, "Formula", "sent − hard bounces − soft bounces; each person once a campaign");
	part_tip_add(&tip, "Campaigns", campaigns_text(arena, &board->now));
	part_tip_add(&tip, "Before", has ? campaigns_text(arena, &board->before) : NULL);
	part_tip_add(&tip, "Compared", compared_text(board));
	part_tip_add(&tip, "Not known", "inbox or spam folder");
	tip_add_source(&tip, board, "EmailOctopus summaries", board->read_at);
	part_stat(view, &(struct part_stat){
						.label = "Delivered",
						.value = text_of_count(arena, delivered),
						.change = has ? metric_count_change_text(arena, delivered, was) : NULL,
						.change_rest = arena_print(arena, "vs %s", text_of_count(arena, was)),
						.usual = arena_print(arena, "of %s sent", text_of_count(arena, totals->sent)),
						.tip = (const char *const(*)[2])tip.rows,
					});
}

static void tip_add_rate(struct part_tip *tip, const struct board *board, enum metric metric) {
	const struct metric_row *row = &metric_rows[metric];
	const struct metrics *totals = &board->now.totals;
	struct arena *arena = board->x->arena;
	struct interval interval = metrics_interval(totals, metric);
	part_tip_add(tip, "Formula", row->formula);
	part_tip_add(tip, "Caution", row->caveat);
	part_tip_add(tip, "Here",
	             arena_print(arena, "%s of %s %s", text_of_count(arena, metrics_part(totals, metric)),
	                         text_of_count(arena, metrics_whole(totals, metric)), row->denominator));
	if (metric == METRIC_BOUNCE_RATE)
		part_tip_add(tip, "Hard, soft",
		             arena_print(arena, "%s, %s", text_of_count(arena, totals->bounced_hard),
		                         text_of_count(arena, totals->bounced_soft)));
	if (!isnan(interval.low))
		part_tip_add(tip, "95\u00a0% interval",
		             arena_print(arena, "%.*f–%.*f\u00a0%%", row->decimals, interval.low, row->decimals,
		                         interval.high));
}

static void tip_add_usual(struct part_tip *tip, const struct board *board, enum metric metric, int left_out) {
	struct arena *arena = board->x->arena;
	const struct usual *usual = &board->usual[metric];
	const char *words = usual_text(arena, metric, usual);
	if (words)
		part_tip_add(tip, "Usual range",
		             arena_print(arena, "%s; middle half of the %s before", words,
		                         text_of_counted(arena, usual->count, "campaign", "campaigns")));
	if (words && left_out)
		part_tip_add(tip, "Judged", arena_print(arena, "without %d still collecting", left_out));
	part_tip_add(tip, "Compared", compared_text(board));
	tip_add_source(tip, board, "EmailOctopus summaries", board->read_at);
}

static const char *usual_words(struct arena *arena, const char *range, const char *verdict) {
	return range ? arena_print(arena, "%s %s", verdict ? "usual" : "Usual", range) : NULL;
}

static void put_rate(struct value *view, const struct board *board, enum metric metric) {
	const struct metric_row *row = &metric_rows[metric];
	struct arena *arena = board->x->arena;
	const struct usual *usual = &board->usual[metric];
	int left_out;
	struct metrics settled = figures_settled(&board->now, board->at, &left_out);
	double rate = metrics_rate(&board->now.totals, metric);
	double was = board->query.has_compared ? metrics_rate(&board->before.totals, metric) : NAN;
	struct part_tip tip = { 0 };
	const char *kind, *verdict = verdict_text(usual_judge_beside(usual, &settled, rate, metric), metric, &kind);
	tip_add_rate(&tip, board, metric);
	tip_add_usual(&tip, board, metric, left_out);
	part_stat(view, &(struct part_stat){
						.label = row->name,
						.value = metric_text(arena, metric, rate),
						.address = exchange_address(board->x, board->address, "metric", row->key),
						.current = metric == board->query.metric,
						.change = metric_points_text(arena, metric, rate, was),
						.change_rest = arena_print(arena, "vs %s", metric_text(arena, metric, was)),
						.change_kind = board->query.has_compared ? figures_change_kind(&board->now.totals, &settled,
	                                                                                   &board->before.totals, metric)
	                                                             : NULL,
						.verdict = verdict,
						.verdict_kind = kind,
						.usual = usual_words(arena, usual_range_text(arena, metric, usual, verdict != NULL), verdict),
						.tip = (const char *const(*)[2])tip.rows,
					});
}

/* "+340–430" or "−20 to +35" */
static const char *span_text(struct arena *arena, const struct usual *usual) {
	int64_t low = llround(usual->low), high = llround(usual->high);
	return low >= 0 ? arena_print(arena, "%s–%s", text_of_change(arena, low), text_of_count(arena, high))
	                : arena_print(arena, "%s to %s", text_of_change(arena, low), text_of_change(arena, high));
}

static const char *steps_text(struct arena *arena, int64_t change) {
	return change
	           ? arena_print(arena, "%s %s", change > 0 ? "↑" : "↓", text_of_count(arena, checked_distance(change, 0)))
	           : "no change";
}

/* A count of people has no interval: its verdict is its place beside the spans before. */
static void put_growth(struct value *view, const struct board *board, const struct list_trend *trend) {
	static const char *const words[] = { [JUDGED_ABOVE] = "Above", [JUDGED_BELOW] = "Below" };
	struct arena *arena = board->x->arena;
	int64_t net = list_week_net(&trend->total), was = list_week_net(&trend->before);
	bool unfinished = list_trend_goes_on(trend, board->at);
	bool outside = !unfinished && (trend->judgement == JUDGED_ABOVE || trend->judgement == JUDGED_BELOW);
	bool judged = trend->usual.count >= USUAL_MIN;
	const char *verdict = outside ? words[trend->judgement] : NULL;
	const char *kind = !outside ? NULL : trend->judgement == JUDGED_ABOVE ? "good" : "bad";
	struct part_tip tip = { 0 };
	part_tip_add(&tip, "Formula", "joined − left, over the lists");
	part_tip_add(&tip, "Here",
	             arena_print(arena, "%s joined, %s left", text_of_count(arena, trend->total.joined),
	                         text_of_count(arena, list_week_left(&trend->total))));
	part_tip_add(&tip, "Weeks",
	             arena_print(arena, "%d, the first from Monday %s", trend->weeks.count,
	                         text_of_day(arena, trend->total.week)));
	part_tip_add(&tip, "Usual range",
	             judged ? arena_print(arena, "middle half of the %d spans of as many weeks before", trend->usual.count)
	                    : NULL);
	part_tip_add(&tip, "Judged", judged && unfinished ? "when the last week is over" : NULL);
	tip_add_source(&tip, board, "EmailOctopus contacts", board->x->versions.people_at);
	part_stat(view, &(struct part_stat){
						.label = "List growth",
						.value = text_of_change(arena, net),
						.change = trend->has_before ? steps_text(arena, checked_difference(net, was)) : NULL,
						.change_rest = arena_print(arena, "vs %s", text_of_change(arena, was)),
						.change_kind = kind,
						.verdict = verdict,
						.verdict_kind = kind,
						.usual = judged ? usual_words(arena, span_text(arena, &trend->usual), verdict) : NULL,
						.tip = (const char *const(*)[2])tip.rows,
					});
}

void dashboard_put_stats(struct value *view, const struct board *board, const struct list_trend *trend) {
	static const enum metric shown[] = { METRIC_CLICK_RATE, METRIC_OPEN_RATE, METRIC_BOUNCE_RATE,
		                                 METRIC_UNSUBSCRIBE_RATE };
	put_delivered(view, board);
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		put_rate(view, board, shown[i]);
	if (trend->weeks.count > 0)
		put_growth(view, board, trend);
	value_put_text(view, "many", trend->weeks.count > 0 ? "" : "n5");
}
