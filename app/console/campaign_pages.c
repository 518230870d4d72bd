/* One campaign: its figures, growth, links and history; and the routes of campaigns. */
#include "console/campaign_pages.h"

#include <math.h>

#include "campaigns/history.h"
#include "campaigns/links.h"
#include "console/campaign_address.h"
#include "core/formats/period.h"
#include "core/store/version.h"
#include "insights/daily.h"
#include "insights/peers.h"
#include "metrics/share.h"
#include "metrics/statistics.h"

enum { BAND_MIN = 3 };

static bool show_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	return campaign_of_address(x, &campaign, err) && reply_json(x, campaign_to_json(&campaign, x->arena));
}

static char *hours_since(struct arena *arena, const struct campaign *campaign, struct moment at) {
	return moment_is_set(campaign->sent_at)
	           ? arena_print(arena, "%.1f", (double)(at.ms - campaign->sent_at.ms) / (double)HOUR_MS)
	           : arena_copy(arena, "–");
}

static void put_curve_row(struct value *rows, const struct campaign *campaign, const struct curve_point *point) {
	struct value *row = value_push(rows, value_map(rows->arena));
	value_put_text(row, "time", text_of_moment(rows->arena, point->time));
	value_put_text(row, "hours", hours_since(rows->arena, campaign, point->time));
	value_put_int(row, "opened", point->opened);
	value_put_int(row, "clicked", point->clicked);
	(void)value_put(row, "unsubscribed",
	                point->unsubscribed == COUNT_NONE ? value_null(rows->arena)
	                                                  : value_int(rows->arena, point->unsubscribed));
}

/* What the peers would have reached by then, scaled to this campaign's recipients. */
static void put_band(struct value *row, const struct campaign *campaign, const struct peers *peers, struct moment at) {
	int64_t delivered = metrics_delivered(&campaign->current_metrics);
	double low, high;
	bool known = peers_band(peers, at.ms - campaign->sent_at.ms, true, BAND_MIN, &low, &high);
	value_put_text(row, "low", known ? arena_print(row->arena, "%.0f", share_people(low, delivered)) : NULL);
	value_put_text(row, "high", known ? arena_print(row->arena, "%.0f", share_people(high, delivered)) : NULL);
}

/* One row per moment at which either count changed. */
static void put_growth(struct value *view, const struct campaign *campaign, const struct growth *growth,
                       const struct peers *peers) {
	struct value *rows = value_put(view, "curve", value_list(view->arena));
	const struct step *opened = growth->opened.items, *clicked = growth->clicked.items;
	int64_t opens = 0, clicks = 0;
	int i = 0, k = 0;
	put_curve_row(rows, campaign, &(struct curve_point){ .time = campaign->sent_at });
	put_band(rows->last, campaign, peers, campaign->sent_at);
	while (i < growth->opened.count || k < growth->clicked.count) {
		bool open_next = k >= growth->clicked.count ||
		                 (i < growth->opened.count && opened[i].time.ms <= clicked[k].time.ms);
		struct moment at = open_next ? opened[i].time : clicked[k].time;
		if (open_next)
			opens = opened[i++].count;
		else
			clicks = clicked[k++].count;
		put_curve_row(rows, campaign, &(struct curve_point){ at, opens, clicks, COUNT_NONE });
		put_band(rows->last, campaign, peers, at);
	}
}

/* "2.5 hours", when half of the people had done it. */
static const char *half_time(struct arena *arena, const struct campaign *campaign, const struct rows *steps) {
	const struct step *items = steps->items;
	for (int i = 0; i < steps->count; i++)
		if (2 * items[i].count >= items[steps->count - 1].count)
			return arena_print(arena, "%s hours", hours_since(arena, campaign, items[i].time));
	return NULL;
}

static int64_t last_count(const struct rows *steps) {
	const struct step *items = steps->items;
	return steps->count ? items[steps->count - 1].count : 0;
}

/* The finding of the growth chart, in words. */
static const char *growth_finding(struct arena *arena, const struct campaign *campaign, const struct growth *growth) {
	const char *opened = half_time(arena, campaign, &growth->opened);
	const char *clicked = half_time(arena, campaign, &growth->clicked);
	if (!opened)
		return "Nobody has opened it yet.";
	const char *opens = arena_print(arena, "Half of the %s opens so far came within %s of sending",
	                                text_of_count(arena, last_count(&growth->opened)), opened);
	return clicked ? arena_print(arena, "%s, half of the %s clicks within %s.", opens,
	                             text_of_count(arena, last_count(&growth->clicked)), clicked)
	               : arena_print(arena, "%s; nobody has clicked yet.", opens);
}

/* "about 410 people, 22.1 % (380 to 450)" */
static struct value *forecast_view(struct arena *arena, enum metric metric, const struct forecast *forecast,
                                   int64_t delivered) {
	struct value *one = value_map(arena);
	value_put_text(one, "words",
	               arena_print(arena, "about %s people, %s (%s to %s)", text_of_count(arena, forecast->people),
	                           metric_text(arena, metric, share_percent(forecast->people, delivered)),
	                           text_of_count(arena, forecast->low), text_of_count(arena, forecast->high)));
	value_put_text(one, "tried",
	               arena_print(arena,
	                           "Tried on each of these %d from the others: %d ended in the range, half within "
	                           "%.1f %% of what was expected.",
	                           forecast->peers, forecast->held, forecast->off));
	return one;
}

/* Both come from the same peers, or neither exists; none without a growth. */
static void put_forecasts(struct value *view, const struct campaign *campaign, const struct growth *growth,
                          const struct peers *peers, struct moment now) {
	static const struct {
		const char *name;
		enum metric metric;
	} rows[] = { { "forecast_opened", METRIC_OPEN_RATE }, { "forecast_clicked", METRIC_CLICK_RATE } };
	struct arena *arena = view->arena;
	const char *chance = NULL;
	int with = 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct forecast forecast;
		bool known = growth &&
		             peers_forecast(peers, campaign, growth, rows[i].metric == METRIC_OPEN_RATE, now, &forecast);
		int64_t delivered = metrics_delivered(&campaign->current_metrics);
		(void)value_put(view, rows[i].name,
		                known ? forecast_view(arena, rows[i].metric, &forecast, delivered) : value_null(arena));
		if (known && !with) {
			chance = arena_print(arena, "%.0f\u00a0%%", forecast.chance);
			with = forecast.peers;
		}
	}
	value_put_text(view, "forecast_chance", chance);
	(void)value_put(view, "forecast_peers", with ? value_int(arena, with) : value_null(arena));
}

static void put_quartiles(struct value *row, const char *name, enum metric metric, double mine, const double *others,
                          int count) {
	struct arena *arena = row->arena;
	int decimals = metric_rows[metric].decimals;
	value_put_text(row, name, metric_text(arena, metric, mine));
	value_put_text(row, arena_print(arena, "%s_usual", name),
	               count ? arena_print(arena, "%.*f–%.*f %%", decimals, stats_percentile(others, count, 25), decimals,
	                                   stats_percentile(others, count, 75))
	                     : "–");
}

/* The rates at fixed ages, beside those of earlier campaigns to the same list; nothing without a growth. */
static void put_ages(struct value *view, const struct campaign *campaign, const struct growth *growth,
                     const struct peers *peers, struct moment now) {
	static const int ages[] = { 1, 6, 24, 72, 168 };
	struct value *rows = value_put(view, "ages", value_list(view->arena));
	for (size_t i = 0; growth && i < sizeof ages / sizeof *ages; i++) {
		double opened[PEERS_MAX], clicked[PEERS_MAX];
		int64_t age_ms = ages[i] * (int64_t)HOUR_MS;
		if (moment_add(campaign->sent_at, age_ms).ms > now.ms)
			break;
		int known = peers_shares(peers, age_ms, true, opened);
		(void)peers_shares(peers, age_ms, false, clicked); /* the same peers */
		struct value *row = value_push(rows, value_map(view->arena));
		value_put_text(row, "age",
		               ages[i] < 48 ? arena_print(view->arena, "%d h", ages[i])
		                            : arena_print(view->arena, "%d days", ages[i] / 24));
		put_quartiles(row, "opened", METRIC_OPEN_RATE, growth_share(growth, campaign, age_ms, true), opened, known);
		put_quartiles(row, "clicked", METRIC_CLICK_RATE, growth_share(growth, campaign, age_ms, false), clicked, known);
		value_put_int(row, "peers", known);
	}
	value_put_bool(view, "has_ages", rows->count > 0);
}

static struct value *put_card(struct value *cards, const char *label, const char *value, const char *note) {
	struct value *card = value_push(cards, value_map(cards->arena));
	value_put_text(card, "label", label);
	value_put_text(card, "value", value);
	value_put_text(card, "note", note);
	return card;
}

/* NULL if there is nothing to compare with. */
static void put_usual(struct value *card, const char *usual_text, int count) {
	value_put_text(card, "usual",
	               usual_text ? arena_print(card->arena, "%s, median of %d before to this list", usual_text, count)
	                          : NULL);
}

/* `now` is NaN if not compared. */
static void put_change(struct value *card, double now, double usual, bool points, bool up_is_good) {
	const char *verdict;
	value_put_text(card, "change", metric_change_text(card->arena, now, usual, points, up_is_good, &verdict));
	value_put_text(card, "verdict", verdict);
}

/* Delivered is known at once, so it is compared even while results are coming in. */
static void put_delivered(struct value *cards, const struct metrics *metrics, const struct peers *peers) {
	struct arena *arena = cards->arena;
	struct value *card = put_card(cards, "Delivered", count_text(arena, metrics_delivered(metrics)),
	                              arena_print(arena, "of %s sent", count_text(arena, metrics->sent)));
	double others[PEERS_MAX];
	int count = 0;
	for (int i = 0; i < peers->count; i++)
		if (peers->campaigns[i].has_report)
			others[count++] = (double)metrics_delivered(&peers->campaigns[i].current_metrics);
	double usual = stats_median(others, count);
	value_put_text(card, "interval", NULL);
	put_usual(card, count ? text_of_count(arena, llround(usual)) : NULL, count);
	put_change(card, (double)metrics_delivered(metrics), usual, false, true);
}

/* A rate is not compared while results are still coming in. */
static void put_rate(struct value *cards, const struct metrics *metrics, enum metric metric, const struct peers *peers,
                     bool young) {
	const struct metric_row *row = &metric_rows[metric];
	struct arena *arena = cards->arena;
	struct interval interval = stats_wilson(metrics_part(metrics, metric), metrics_whole(metrics, metric));
	struct value *card = put_card(cards, row->name, metric_text(arena, metric, metrics_rate(metrics, metric)),
	                              *row->caveat ? arena_print(arena, "%s · %s", row->formula, row->caveat)
	                                           : row->formula);
	value_put_text(card, "interval",
	               isnan(interval.low)
	                   ? NULL
	                   : arena_print(arena, "%.*f–%.*f %%", row->decimals, interval.low, row->decimals, interval.high));
	int count = peers->counts[metric];
	double usual = stats_median(peers->rates[metric], count);
	put_usual(card, count ? metric_text(arena, metric, usual) : NULL, count);
	put_change(card, young ? NAN : metrics_rate(metrics, metric), usual, true, row->up_is_good);
}

static void put_anomalies(struct value *view, const struct metrics *metrics, const struct peers *peers, bool compared) {
	struct value *anomalies = value_put(view, "anomalies", value_list(view->arena));
	for (int m = 0; compared && m < METRIC_COUNT; m++) {
		const char *words = peers_anomaly(peers, metrics, (enum metric)m, view->arena);
		if (words)
			(void)value_push(anomalies, value_text(view->arena, words));
	}
	value_put_bool(view, "has_anomalies", anomalies->count > 0);
}

static void put_cards(struct value *view, const struct campaign *campaign, const struct peers *peers,
                      struct moment now) {
	struct arena *arena = view->arena;
	const struct metrics *metrics = &campaign->current_metrics;
	struct value *cards = value_put(view, "cards", value_list(arena));
	bool young = campaign_age(campaign, now) < SETTLING_MS, reported = campaign->has_report;
	if (reported)
		put_delivered(cards, metrics, peers);
	for (int i = 0; reported && i < METRIC_COUNT; i++)
		put_rate(cards, metrics, (enum metric)i, peers, young);
	value_put_bool(view, "settling", reported && young);
	value_put_bool(view, "low_volume", reported && metrics_delivered(metrics) < METRICS_FEW);
	put_anomalies(view, metrics, peers, reported && !young);
}

/* Campaigns older than the rollup have only their snapshots. */
static void curve_from_snapshots(struct curve *curve, const struct campaign *campaign, const struct rows *snapshots,
                                 struct arena *arena) {
	const struct snapshot *items = snapshots->items;
	for (int i = snapshots->count - 1; i >= 0; i--)
		curve_add(curve, campaign->sent_at, curve_point_of(&items[i]), arena);
}

static bool put_curve(struct exchange *x, struct value *view, const struct campaign *campaign,
                      const struct rows *snapshots, struct error *err) {
	struct value *rows = value_put(view, "curve", value_list(view->arena));
	struct curve curve;
	if (!curve_find(x->store, campaign->id, x->arena, &curve, err))
		return false;
	if (curve.points.count == 0)
		curve_from_snapshots(&curve, campaign, snapshots, x->arena);
	const struct curve_point *points = curve.points.items;
	if (moment_is_set(campaign->sent_at) && curve.points.count)
		put_curve_row(rows, campaign, &(struct curve_point){ .time = campaign->sent_at });
	for (int i = 0; i < curve.points.count; i++)
		put_curve_row(rows, campaign, &points[i]);
	const struct curve_point *last = curve.points.count ? &points[curve.points.count - 1] : NULL;
	value_put_text(view, "growth_finding",
	               last
	                   ? arena_print(x->arena, "%s opened and %s clicked by %s, the last of %d changes that syncs saw.",
	                                 text_of_count(x->arena, last->opened), text_of_count(x->arena, last->clicked),
	                                 text_of_moment(x->arena, last->time), curve.points.count)
	                   : NULL);
	return true;
}

static void put_history(struct value *view, const struct rows *snapshots, bool more) {
	struct arena *arena = view->arena;
	struct value *rows = value_put(view, "snapshots", value_list(arena));
	const struct snapshot *items = snapshots->items;
	for (int i = 0; i < snapshots->count; i++) {
		const struct snapshot *snapshot = &items[i];
		struct value *row = value_push(rows, value_map(arena));
		value_put_text(row, "time", text_of_moment(arena, snapshot->snapshot_time));
		value_put_text(row, "source", snapshot->source);
		value_put_text(row, "run", snapshot->run_id);
		value_put_int(row, "sent", snapshot->metrics.sent);
		value_put_int(row, "opened", snapshot->metrics.opened);
		value_put_int(row, "clicked", snapshot->metrics.clicked);
		value_put_int(row, "bounced", snapshot->metrics.bounced);
		value_put_int(row, "unsubscribed", snapshot->metrics.unsubscribed);
		value_put_int(row, "complaints", snapshot->metrics.spam_complaints);
		value_put_text(row, "decreased", snapshot->decreased);
	}
	value_put_bool(view, "more_snapshots", more);
}

static void put_header(struct value *view, const struct campaign *campaign) {
	struct arena *arena = view->arena;
	(void)value_put(view, "campaign", campaign_row_view(campaign, arena));
	value_put_text(view, "from_name", campaign->from_name);
	value_put_text(view, "from_email", campaign->from_email);
	value_put_text(view, "sent_full", text_of_moment(arena, campaign->sent_at));
	value_put_text(view, "updated", text_of_moment(arena, campaign->last_updated));
	value_put_text(view, "read", text_of_moment(arena, campaign->summary_read_at));
	value_put_text(view, "source", arena_print(arena, "GET /campaigns/%s/reports/summary", campaign->external.id));
	value_put_text(view, "run", campaign->summary_run);
	value_put_bool(view, "has_report", campaign->has_report);
	value_put_text(view, "gap", campaign->report_gap);
	value_put_text(view, "decreased", campaign->decreased);
	value_put_text(view, "alarm", campaign->has_report ? metrics_alarm(arena, &campaign->current_metrics) : NULL);
}

static void put_links(struct value *view, const struct link_report *report) {
	struct value *rows = value_put(view, "links", value_list(view->arena));
	const struct link *links = report->links.items;
	for (int i = 0; i < report->links.count; i++)
		(void)value_push(rows, record_to_value(&link_record, &links[i], view->arena));
	struct link total = campaign_link_total(&report->links);
	(void)value_put(view, "links_total",
	                report->links.count ? record_to_value(&link_record, &total, view->arena) : value_null(view->arena));
	value_put_text(view, "links_unread", report->unread > 0 ? text_of_count(view->arena, report->unread) : NULL);
	value_put_text(view, "links_read", text_of_moment(view->arena, report->snapshot_time));
}

static bool show_page(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct page snapshots;
	struct link_report report;
	struct peers peers;
	const struct growth *growth = NULL;
	struct moment as_of;
	bool found;
	if (!period_as_of(&x->query, x->now, &as_of, err) || !campaign_of_address(x, &campaign, err) ||
	    !campaign_find_snapshots(x->store, campaign.id, true, NULL, CAMPAIGN_PAGE_ROWS, x->arena, &snapshots, err) ||
	    !campaign_find_link_report(x->store, campaign.id, MOMENT_NONE, x->arena, &report, &found, err))
		return false;
	struct value *view = value_map(x->arena);
	put_header(view, &campaign);
	exchange_put_past(x, view, as_of);
	if (!peers_find(x->store, &campaign, x->arena, &peers, err) ||
	    !peers_find_growths(x->store, &campaign, x->arena, &peers, &growth, err))
		return false;
	put_cards(view, &campaign, &peers, x->now);
	bool by_reports = growth && moment_is_set(campaign.sent_at);
	value_put_bool(view, "by_reports", by_reports);
	if (by_reports) {
		put_growth(view, &campaign, growth, &peers);
		value_put_text(view, "growth_finding", growth_finding(x->arena, &campaign, growth));
	} else if (!put_curve(x, view, &campaign, &snapshots.rows, err)) {
		return false;
	}
	put_ages(view, &campaign, by_reports ? growth : NULL, &peers, x->now);
	put_forecasts(view, &campaign, by_reports ? growth : NULL, &peers, x->now);
	put_history(view, &snapshots.rows, snapshots.next != NULL);
	put_links(view, &report);
	return reply_page(x, "console/campaign", campaign_name(&campaign), "campaigns", view, err);
}

const struct route campaign_routes[] = {
	{ "GET", "/campaigns", GUARD_SIGNED_IN, campaign_list_page, .realms = REALM_FIGURES },
	{ "GET", "/campaigns.csv", GUARD_SIGNED_IN, campaign_list_csv, .realms = REALM_FIGURES, .download = true },
	{ "GET", "/campaigns/:campaign_id", GUARD_SIGNED_IN, show_page, .realms = REALM_FIGURES },
	{ "GET", "/campaigns/:campaign_id/snapshots.csv", GUARD_SIGNED_IN, campaign_snapshots_csv, .realms = REALM_FIGURES,
	  .download = true },
	{ "GET", "/campaigns/:campaign_id/links.csv", GUARD_SIGNED_IN, campaign_links_csv, .realms = REALM_FIGURES,
	  .download = true },
	{ "GET", "/api/campaigns", GUARD_SIGNED_IN, campaign_list_api, .summary = "Campaigns, newest first",
	  .output = &campaign_record, .list = true, .parameters = "status,list,q,period,from,to,sort,limit,cursor,as_of",
	  .realms = REALM_FIGURES | REALM_PARTNERS },
	{ "GET", "/api/campaigns/:campaign_id", GUARD_SIGNED_IN, show_api, .summary = "One campaign",
	  .output = &campaign_record, .realms = REALM_FIGURES | REALM_PARTNERS },
	{ "GET", "/api/campaigns/:campaign_id/snapshots", GUARD_SIGNED_IN, campaign_snapshots_api,
	  .summary = "Its history of figures, oldest first", .output = &snapshot_record, .list = true,
	  .parameters = "limit,cursor", .realms = REALM_FIGURES },
	{ "GET", "/api/campaigns/:campaign_id/analytics", GUARD_SIGNED_IN, campaign_daily_api,
	  .summary = "What came in day by day, oldest first", .output = &daily_record, .list = true, .parameters = "days",
	  .realms = REALM_FIGURES },
	{ "GET", "/api/campaigns/:campaign_id/links", GUARD_SIGNED_IN, campaign_links_api,
	  .summary = "Its links with their clicks", .output = &link_record, .list = true, .realms = REALM_FIGURES },
	{ 0 },
};
