/* The dashboard and the statistics, as page and JSON. */
#include "dashboard/dashboard.h"

#include <math.h>
#include <string.h>

#include "lists/list.h"
#include "sync/sync.h"

enum { WINDOW = 7, BARS = 10 };

struct figures {
	struct campaign *campaigns;
	int count, with_report, by_status[CAMPAIGN_STATUS_COUNT];
	struct metrics totals;
	double *open_fractions, *click_fractions; /* of campaigns with a report */
};

bool period_read(const struct params *query, struct moment now, struct period *period, struct error *err) {
	static const struct {
		const char *name;
		int days;
	} known[] = { { "7d", 7 }, { "28d", 28 }, { "30d", 30 }, { "90d", 90 }, { "12m", 365 }, { "all", 0 } };
	const char *name = params_get(query, "period"), *from = params_get(query, "from"), *to = params_get(query, "to");
	struct moment end = moment_add(moment_day(now), DAY_MS);
	if (!text_is_empty(from) || !text_is_empty(to)) {
		*period = (struct period){ "custom", { 0 }, end };
		if (!text_is_empty(from) && !moment_parse(from, &period->from))
			return error_field(err, "from", "from must be a date like 2026-11-21, not '%.40s'", from);
		if (!text_is_empty(to) && !moment_parse(to, &period->to))
			return error_field(err, "to", "to must be a date like 2026-11-21, not '%.40s'", to);
		if (!text_is_empty(to) && period->to.ms % DAY_MS == 0)
			period->to = moment_add(period->to, DAY_MS);
		return period->from.ms < period->to.ms || error_field(err, "to", "the period ends before it begins");
	}
	if (text_is_empty(name))
		name = "90d";
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(known[i].name, name) != 0)
			continue;
		*period = (struct period){ known[i].name, MOMENT_NONE, MOMENT_NONE };
		if (known[i].days)
			*period = (struct period){ known[i].name, moment_add(end, -known[i].days * DAY_MS), end };
		return true;
	}
	return error_field(err, "period", "period must be 7d, 28d, 30d, 90d, 12m or all, not '%.40s'", name);
}

struct period period_before(const struct period *period) {
	int64_t length = period->to.ms - period->from.ms;
	return (struct period){ "previous", moment_add(period->from, -length), period->from };
}

static bool find_figures(struct store *store, const struct period *period, struct arena *arena,
                         struct figures *figures, struct error *err) {
	*figures = (struct figures){ 0 };
	if (!campaign_all(store, period->from, period->to, arena, &figures->campaigns, &figures->count, err))
		return false;
	figures->open_fractions = arena_array(arena, double, figures->count + 1);
	figures->click_fractions = arena_array(arena, double, figures->count + 1);
	for (int i = 0; i < figures->count; i++) {
		const struct campaign *campaign = &figures->campaigns[i];
		figures->by_status[campaign->status]++;
		if (!campaign->has_report)
			continue;
		struct snapshot seen = snapshot_of("", "", &campaign->current_metrics, moment_now());
		figures->open_fractions[figures->with_report] = seen.rates.open_rate;
		figures->click_fractions[figures->with_report++] = seen.rates.click_rate;
		metrics_add(&figures->totals, &campaign->current_metrics);
	}
	return true;
}

static void put_stats(struct value *map, const struct figures *figures) {
	value_put_real(map, "avg_open_rate", metric_or_zero(stats_mean(figures->open_fractions, figures->with_report)));
	value_put_real(map, "avg_click_rate", metric_or_zero(stats_mean(figures->click_fractions, figures->with_report)));
	value_put_real(map, "median_open_rate", metric_or_zero(stats_median(figures->open_fractions, figures->with_report)));
	value_put_real(map, "std_open_rate", metric_or_zero(stats_deviation(figures->open_fractions, figures->with_report)));
}

static void put_time(struct value *map, const char *name, struct moment at) {
	char text[MOMENT_TEXT];
	value_put_text(map, name, *moment_format(at, text) ? arena_copy(map->arena, text) : NULL);
}

static void put_figures(struct value *map, const struct figures *figures) {
	struct arena *arena = map->arena;
	const struct metrics *totals = &figures->totals;
	struct value *campaigns = value_put(map, "campaigns", value_map(arena));
	value_put_int(campaigns, "total", figures->count);
	value_put_int(campaigns, "with_report", figures->with_report);
	struct value *by_status = value_put(campaigns, "by_status", value_map(arena));
	for (int i = 0; i < CAMPAIGN_UNKNOWN; i++)
		value_put_int(by_status, campaign_statuses.names[i], figures->by_status[i]);
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

static bool read_compare(struct exchange *x, const struct period *period, bool *compare, struct error *err) {
	const char *value = params_get(&x->query, "compare");
	*compare = moment_is_set(period->from) && !(value && strcmp(value, "none") == 0);
	if (!text_is_empty(value) && strcmp(value, "none") != 0 && strcmp(value, "prev") != 0)
		return error_field(err, "compare", "compare must be prev or none, not '%.40s'", value);
	return true;
}

static bool dashboard_api(struct exchange *x, struct error *err) {
	struct period period;
	struct figures figures, before;
	int64_t version;
	struct moment at;
	bool compare;
	struct value *answer = value_map(x->arena);
	if (!period_read(&x->query, moment_now(), &period, err) || !read_compare(x, &period, &compare, err) ||
	    !version_read(x->store, &version, &at, err) ||
	    !find_figures(x->store, &period, x->arena, &figures, err))
		return false;
	put_time(answer, "as_of", at);
	struct value *bounds = value_put(answer, "period", value_map(x->arena));
	put_time(bounds, "from", period.from);
	put_time(bounds, "to", period.to);
	put_figures(answer, &figures);
	if (compare) {
		struct period previous = period_before(&period);
		if (!find_figures(x->store, &previous, x->arena, &before, err))
			return false;
		put_figures(value_put(answer, "previous", value_map(x->arena)), &before);
	}
	return reply_json(x, answer);
}

static bool stats_api(struct exchange *x, struct error *err) {
	struct period all = { "all", MOMENT_NONE, MOMENT_NONE };
	struct figures figures;
	struct list *lists;
	int count;
	int64_t subscribed = 0, total = 0;
	if (!find_figures(x->store, &all, x->arena, &figures, err) ||
	    !list_all(x->store, x->arena, &lists, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		subscribed += lists[i].counts.subscribed;
		total += lists[i].counts.subscribed + lists[i].counts.unsubscribed + lists[i].counts.pending;
	}
	struct value *stats = value_map(x->arena);
	value_put_int(stats, "total_contacts", total);
	value_put_int(stats, "active_contacts", subscribed);
	value_put_int(stats, "total_campaigns", figures.count);
	value_put_int(stats, "total_sent", figures.totals.sent);
	value_put_int(stats, "total_opened", figures.totals.opened);
	value_put_int(stats, "total_clicked", figures.totals.clicked);
	value_put_real(stats, "overall_open_rate", metric_or_zero(metrics_rate(&figures.totals, METRIC_OPEN_RATE)));
	value_put_real(stats, "overall_click_rate", metric_or_zero(metrics_rate(&figures.totals, METRIC_CLICK_RATE)));
	put_stats(stats, &figures);
	return reply_json(x, stats);
}

/* "▲ 0.30 pp better" against the period before. */
static void put_change(struct value *card, double now, double before, bool points, bool up_is_good,
                       const char *previous) {
	struct arena *arena = card->arena;
	if (isnan(now) || isnan(before) || (!points && before == 0))
		return;
	double change = points ? now - before : 100 * (now - before) / before;
	bool flat = fabs(change) < 0.005, better = (change > 0) == up_is_good;
	value_put_text(card, "change", flat ? "no change" : arena_print(arena, "%s %.2f %s", change > 0 ? "▲" : "▼", fabs(change),
	                                                               points ? "pp" : "%"));
	value_put_text(card, "verdict", flat ? NULL : better ? "better" : "worse");
	value_put_text(card, "previous", previous);
}

static void put_cards(struct value *view, const struct figures *now, const struct figures *before) {
	static const enum metric shown[] = { METRIC_CLICK_RATE, METRIC_OPEN_RATE, METRIC_BOUNCE_RATE,
		                                 METRIC_UNSUBSCRIBE_RATE };
	struct arena *arena = view->arena;
	struct value *cards = value_put(view, "cards", value_list(arena));
	struct value *card = value_push(cards, value_map(arena));
	value_put_text(card, "label", "Campaigns");
	value_put_text(card, "value", text_of_count(arena, now->count));
	value_put_text(card, "note", "sent in the period");
	if (before)
		put_change(card, now->count, before->count, false, true, text_of_count(arena, before->count));
	card = value_push(cards, value_map(arena));
	value_put_text(card, "label", "Delivered");
	value_put_text(card, "value", text_of_count(arena, metrics_delivered(&now->totals)));
	value_put_text(card, "note", "people; sent − bounces");
	if (before)
		put_change(card, (double)metrics_delivered(&now->totals), (double)metrics_delivered(&before->totals), false, true,
		           text_of_count(arena, metrics_delivered(&before->totals)));
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		const struct metric_row *row = &metric_rows[shown[i]];
		double rate = metrics_rate(&now->totals, shown[i]);
		card = value_push(cards, value_map(arena));
		value_put_text(card, "label", row->name);
		value_put_text(card, "value", metric_text(arena, shown[i], rate));
		value_put_text(card, "note", *row->caveat ? arena_print(arena, "%s, %s", row->formula, row->caveat) : row->formula);
		if (before) {
			double was = metrics_rate(&before->totals, shown[i]);
			put_change(card, rate, was, true, row->up_is_good, metric_text(arena, shown[i], was));
		}
	}
}

/* One point a campaign with a report, oldest first, with the moving average where it is defined. */
static void put_series(struct value *view, const struct figures *figures) {
	struct arena *arena = view->arena;
	int count = 0;
	const struct campaign **shown = arena_array(arena, const struct campaign *, figures->count + 1);
	double *rates = arena_array(arena, double, figures->count + 1);
	double *averages = arena_array(arena, double, figures->count + 1);
	for (int i = figures->count - 1; i >= 0; i--) {
		const struct campaign *campaign = &figures->campaigns[i];
		double rate = metrics_rate(&campaign->current_metrics, METRIC_CLICK_RATE);
		if (!campaign->has_report || isnan(rate))
			continue;
		shown[count] = campaign;
		rates[count++] = rate;
	}
	(void)stats_moving_average(rates, count, WINDOW, averages);
	struct value *rows = value_put(view, "series", value_list(arena));
	for (int i = 0; i < count; i++) {
		char day[MOMENT_TEXT];
		struct value *row = value_push(rows, value_map(arena));
		value_put_text(row, "id", shown[i]->id);
		value_put_text(row, "name", text_is_empty(shown[i]->name) ? "(no name)" : shown[i]->name);
		value_put_text(row, "day", arena_copy(arena, moment_format_day(shown[i]->sent_at, day)));
		value_put_text(row, "rate", arena_print(arena, "%.2f", rates[i]));
		value_put_text(row, "open", metric_text(arena, METRIC_OPEN_RATE, metrics_rate(&shown[i]->current_metrics, METRIC_OPEN_RATE)));
		value_put_text(row, "average", i >= WINDOW - 1 ? arena_print(arena, "%.2f", averages[i - WINDOW + 1]) : "–");
		value_put_bool(row, "is_bar", i >= count - BARS);
	}
	double low = NAN, high = NAN;
	for (int i = 0; i < count; i++) {
		low = isnan(low) || rates[i] < low ? rates[i] : low;
		high = isnan(high) || rates[i] > high ? rates[i] : high;
	}
	if (count)
		value_put_text(view, "finding", arena_print(arena, "Click rates of %d campaigns lie between %.2f %% and %.2f %%; the median is %.2f %%.",
		                                           count, low, high, stats_median(rates, count)));
}

static void put_periods(struct value *view, const struct period *period) {
	static const char *const known[][2] = { { "7d", "7 days" }, { "30d", "30 days" }, { "90d", "90 days" },
		                                    { "12m", "12 months" }, { "all", "All" } };
	struct arena *arena = view->arena;
	char text[MOMENT_TEXT];
	struct value *list = value_put(view, "periods", value_list(arena));
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct value *one = value_push(list, value_map(arena));
		value_put_text(one, "key", known[i][0]);
		value_put_text(one, "label", known[i][1]);
		value_put_bool(one, "chosen", text_same(known[i][0], period->name));
	}
	value_put_text(view, "from", arena_copy(arena, moment_format_human_day(period->from, text)));
	if (moment_is_set(period->to))
		value_put_text(view, "to", arena_copy(arena, moment_format_human_day(moment_add(period->to, -1), text)));
}

static bool put_sync(struct exchange *x, struct value *view, struct error *err) {
	struct sync_run *runs;
	int count;
	char text[MOMENT_TEXT];
	if (!sync_recent(x->store, 1, x->arena, &runs, &count, err))
		return false;
	if (count == 0)
		return true;
	struct value *run = value_put(view, "run", record_to_value(&sync_run_record, &runs[0], x->arena));
	value_put_text(run, "when", arena_copy(x->arena, moment_format_human(runs[0].requested_at, text)));
	value_put_bool(run, "trouble", runs[0].state == RUN_FAILED || runs[0].state == RUN_PARTIAL);
	value_put_text(run, "word", runs[0].state == RUN_FAILED ? "failed" : "is partial");
	return true;
}

static bool show_page(struct exchange *x, struct error *err) {
	struct period period, previous;
	struct figures figures, before;
	struct error problem = ERROR_INIT;
	struct value *view = value_map(x->arena);
	bool compare = true;
	int64_t version;
	struct moment at;
	char text[MOMENT_TEXT];
	if (!period_read(&x->query, moment_now(), &period, &problem) || !read_compare(x, &period, &compare, &problem)) {
		x->status = 400;
		value_put_text(view, "problem", arena_copy(x->arena, problem.text));
		if (!period_read(&(struct params){ 0 }, moment_now(), &period, err))
			return false;
	}
	compare = compare && moment_is_set(period.from);
	previous = period_before(&period);
	if (!version_read(x->store, &version, &at, err) || !find_figures(x->store, &period, x->arena, &figures, err) ||
	    (compare && !find_figures(x->store, &previous, x->arena, &before, err)) || !put_sync(x, view, err))
		return false;
	value_put_text(view, "as_of", arena_copy(x->arena, moment_format_human(at, text)));
	put_periods(view, &period);
	put_cards(view, &figures, compare ? &before : NULL);
	put_series(view, &figures);
	value_put_bool(view, "empty", figures.count == 0);
	value_put_int(view, "reports", figures.with_report);
	if (compare) {
		value_put_text(view, "before_from", arena_copy(x->arena, moment_format_human_day(previous.from, text)));
		value_put_text(view, "before_to", arena_copy(x->arena, moment_format_human_day(moment_add(previous.to, -1), text)));
	}
	return reply_page(x, "dashboard", "Dashboard", "dashboard", view, err);
}

static bool show_root(struct exchange *x, struct error *err) {
	(void)err;
	return reply_redirect(x, "/dashboard");
}

const struct route dashboard_routes[] = {
	{ "GET", "/", GUARD_SIGNED_IN, show_root },
	{ "GET", "/dashboard", GUARD_SIGNED_IN, show_page },
	{ "GET", "/api/dashboard", GUARD_SIGNED_IN, dashboard_api, .summary = "Figures of the campaigns sent in a period",
	  .parameters = "period,from,to,compare" },
	{ "GET", "/api/stats", GUARD_SIGNED_IN, stats_api, .summary = "Totals and averages over all campaigns" },
	{ 0 },
};
