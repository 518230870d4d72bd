/* One campaign: its figures, growth, links and history; and the routes of campaigns. */
#include "console/campaign_pages.h"

#include <math.h>

#include "campaigns/history.h"
#include "campaigns/past.h"
#include "console/campaign_address.h"
#include "console/campaign_growth_view.h"
#include "core/formats/period.h"
#include "core/store/version.h"
#include "insights/daily.h"
#include "insights/figures.h"
#include "insights/peers.h"
#include "metrics/statistics.h"
#include "metrics/usual.h"

static bool show_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	const struct growth *growth;
	struct moment as_of;
	if (!campaign_of_address(x, &campaign, &as_of, err) || !campaign_find_growth(x, &campaign, &growth, err))
		return false;
	struct value *answer = campaign_to_json(&campaign, x->arena);
	if (campaign.has_report && !moment_is_set(as_of))
		daily_put_undated(answer, &campaign, growth);
	return reply_json(x, answer);
}

static struct value *put_card(struct value *cards, const char *label, const char *value, const char *note) {
	struct value *card = value_push(cards, value_map(cards->arena));
	value_put_text(card, "label", label);
	value_put_text(card, "value", value);
	value_put_text(card, "note", note);
	return card;
}

/* `words` is NULL if there is nothing to compare with. */
static void put_usual(struct value *card, const char *words, int count, const struct peers *peers) {
	value_put_text(card, "usual",
	               words ? arena_print(card->arena, "%s, of the %d campaigns before it %s", words, count,
	                                   peers->of_list ? "to this list" : "to all lists, because it names none")
	                     : NULL);
}

/* A count is neither good nor bad. */
static void put_delivered(struct value *cards, const struct metrics *metrics, const struct peers *peers) {
	struct arena *arena = cards->arena;
	struct value *card = put_card(cards, "Delivered", count_text(arena, metrics_delivered(metrics)),
	                              arena_print(arena, "of %s sent", count_text(arena, metrics->sent)));
	double others[PEERS_MAX];
	int count = 0;
	for (int i = 0; i < peers->count; i++)
		if (peers->campaigns[i].has_report && metrics_delivered(&peers->campaigns[i].current_metrics) != COUNT_NONE)
			others[count++] = (double)metrics_delivered(&peers->campaigns[i].current_metrics);
	double usual = stats_median(others, count);
	bool known = metrics_delivered(metrics) != COUNT_NONE;
	value_put_text(card, "interval", NULL);
	put_usual(card, count ? arena_print(arena, "median %s", text_of_count(arena, llround(usual))) : NULL, count, peers);
	value_put_text(card, "change",
	               metric_change_text(arena, known ? (double)metrics_delivered(metrics) : NAN, usual, false));
	value_put_text(card, "judgement", NULL);
	value_put_text(card, "side", NULL);
}

/* A rate is not judged while results are still coming in. */
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
	struct usual usual = usual_of(peers->rates[metric], peers->counts[metric]);
	const char *side;
	put_usual(card, usual_text(arena, metric, &usual), usual.count, peers);
	value_put_text(card, "change", NULL);
	value_put_text(card, "judgement",
	               judgement_text(young ? JUDGED_NOT : usual_judge(&usual, metrics, metric), metric, &side));
	value_put_text(card, "side", side);
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
	bool young = !campaign_has_settled(campaign, now), reported = campaign->has_report;
	if (reported)
		put_delivered(cards, metrics, peers);
	for (int i = 0; reported && i < METRIC_COUNT; i++)
		put_rate(cards, metrics, (enum metric)i, peers, young);
	value_put_bool(view, "settling", reported && young);
	value_put_bool(view, "low_volume", reported && metrics_delivered(metrics) < METRICS_FEW);
	put_anomalies(view, metrics, peers, reported && !young);
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

static void put_links(struct value *view, const struct campaign *campaign, const struct link_report *report) {
	value_put_text(view, "links_gap", campaign->links_gap);
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

static struct moment read_at(const struct exchange *x, struct campaign *campaign) {
	struct figures figures;
	figures_of(campaign, 1, x->arena, &figures);
	return figures_read_at(&figures, x->versions.data_at);
}

static bool show_page(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct page snapshots;
	struct link_report report;
	struct peers peers;
	const struct growth *growth = NULL;
	struct moment as_of;
	bool found;
	if (!campaign_of_address(x, &campaign, &as_of, err) ||
	    !campaign_find_snapshots(x->store, campaign.id, as_of, true, NULL, CAMPAIGN_PAGE_ROWS, x->arena, &snapshots,
	                             err) ||
	    !campaign_find_link_report(x->store, campaign.id, as_of, x->arena, &report, &found, err))
		return false;
	struct moment now = moment_is_set(as_of) ? as_of : x->now;
	struct value *view = value_map(x->arena);
	put_header(view, &campaign);
	exchange_put_data_at(x, view, read_at(x, &campaign));
	exchange_put_past(x, view, as_of);
	if (!peers_find(x->store, &campaign, now, as_of, x->arena, &peers, err) ||
	    (!moment_is_set(as_of) && !peers_find_growths(x->store, &campaign, x->arena, &peers, &growth, err)))
		return false;
	put_cards(view, &campaign, &peers, now);
	if (!campaign_put_growth(x, view, &campaign, as_of, growth, &peers, &snapshots.rows, err))
		return false;
	put_history(view, &snapshots.rows, snapshots.next != NULL);
	put_links(view, &campaign, &report);
	return reply_page(x, "console/campaign", campaign_name(&campaign), "campaigns", view, err);
}

const struct route campaign_routes[] = {
	{ "GET", "/campaigns", GUARD_SIGNED_IN, campaign_list_page, .realms = REALM_FIGURES, .goes_back = true },
	{ "GET", "/campaigns.csv", GUARD_SIGNED_IN, campaign_list_csv, .realms = REALM_FIGURES, .download = true,
	  .goes_back = true },
	{ "GET", "/campaigns/:campaign_id", GUARD_SIGNED_IN, show_page, .realms = REALM_FIGURES, .goes_back = true },
	{ "GET", "/campaigns/:campaign_id/snapshots.csv", GUARD_SIGNED_IN, campaign_snapshots_csv, .realms = REALM_FIGURES,
	  .download = true, .goes_back = true },
	{ "GET", "/campaigns/:campaign_id/days.csv", GUARD_SIGNED_IN, campaign_days_csv, .realms = REALM_FIGURES,
	  .download = true },
	{ "GET", "/campaigns/:campaign_id/growth.csv", GUARD_SIGNED_IN, campaign_growth_csv, .realms = REALM_FIGURES,
	  .download = true },
	{ "GET", "/campaigns/:campaign_id/ages.csv", GUARD_SIGNED_IN, campaign_ages_csv, .realms = REALM_FIGURES,
	  .download = true },
	{ "GET", "/campaigns/:campaign_id/links.csv", GUARD_SIGNED_IN, campaign_links_csv, .realms = REALM_FIGURES,
	  .download = true, .goes_back = true },
	{ "GET", "/api/campaigns", GUARD_SIGNED_IN, campaign_list_api, .summary = "Campaigns, newest first",
	  .output = &campaign_record, .list = true, .parameters = "status,list,q,period,from,to,sort,limit,cursor",
	  .realms = REALM_FIGURES | REALM_PARTNERS, .goes_back = true, .shape = CAMPAIGN_SHAPE },
	{ "GET", "/api/campaigns/:campaign_id", GUARD_SIGNED_IN, show_api, .summary = "One campaign",
	  .output = &campaign_record, .realms = REALM_FIGURES | REALM_PARTNERS, .goes_back = true,
	  .shape = CAMPAIGN_SHAPE " undated{*:count}" },
	{ "GET", "/api/campaigns/:campaign_id/snapshots", GUARD_SIGNED_IN, campaign_snapshots_api,
	  .summary = "Its history of figures, oldest first", .output = &snapshot_record, .list = true,
	  .parameters = "limit,cursor", .realms = REALM_FIGURES, .goes_back = true, .shape = "emailoctopus_id:text" },
	{ "GET", "/api/campaigns/:campaign_id/series", GUARD_SIGNED_IN, campaign_series_api,
	  .summary = "A counter or rate over its snapshots, oldest first, with its moving average over 7 of them",
	  .shape = "campaign_id:text metric:text window:count timestamps[]:time values[]:number moving_average[]:number",
	  .parameters = "metric", .realms = REALM_FIGURES, .goes_back = true },
	{ "GET", "/api/campaigns/:campaign_id/analytics", GUARD_SIGNED_IN, campaign_daily_api,
	  .summary = "What came in day by day, oldest first", .output = &daily_record, .list = true, .parameters = "days",
	  .realms = REALM_FIGURES },
	{ "GET", "/api/campaigns/:campaign_id/links", GUARD_SIGNED_IN, campaign_links_api,
	  .summary = "Its links with their clicks", .output = &link_record, .list = true, .realms = REALM_FIGURES,
	  .goes_back = true },
	{ 0 },
};
