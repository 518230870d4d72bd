/* The dashboard's query, and its JSON. */
#include <string.h>

#include "audience/contacts/rollup.h"
#include "audience/lists/list.h"
#include "campaigns/past.h"
#include "console/changes_pages.h"
#include "console/compare_pages.h"
#include "console/dashboard_pages.h"
#include "console/recording.h"
#include "core/base/checked.h"
#include "core/store/version.h"
#include "insights/heatmap.h"
#include "observing/sync.h"
#include "reports/partners/partner_lookup_pages.h"

enum { LINKS_MAX = 20000, LINKS_SHOWN = 200 };

static bool read_metric(const struct params *params, enum metric *metric, struct error *err) {
	const char *value = params_get(params, "metric");
	*metric = METRIC_CLICK_RATE;
	if (text_is_empty(value))
		return true;
	for (int i = 0; i < METRIC_COUNT; i++) {
		if (strcmp(metric_rows[i].key, value) == 0) {
			*metric = (enum metric)i;
			return true;
		}
	}
	return error_field(err, "metric", "“%.40s” is not a rate", value) ||
	       error_codes(err, ". Use one like click_rate or open_rate");
}

static bool select_of(struct exchange *x, const struct dashboard_query *query, const struct campaign_filter *filter,
                      struct campaign **campaigns, int *count, struct error *err) {
	struct partner *partners;
	int partner_count, all;
	*count = 0;
	if (!campaign_select(x->store, filter, x->arena, campaigns, &all, err) ||
	    !partner_list(x->store, x->arena, &partners, &partner_count, err))
		return false;
	for (int i = 0; i < all; i++)
		if (partner_has(query->partner, &(*campaigns)[i], partners, partner_count))
			(*campaigns)[(*count)++] = (*campaigns)[i];
	return true;
}

bool dashboard_find_figures(struct exchange *x, const struct dashboard_query *query, const struct period *period,
                            struct figures *figures, struct error *err) {
	const struct campaign_filter filter = {
		.from = period->from, .to = period->to, .as_of = query->as_of, .list = query->list
	};
	struct campaign *campaigns;
	int count;
	if (!select_of(x, query, &filter, &campaigns, &count, err))
		return false;
	figures_of(campaigns, count, x->arena, figures);
	return true;
}

bool dashboard_find_known(struct exchange *x, const struct dashboard_query *query, struct moment to,
                          struct campaign **campaigns, int *count, struct error *err) {
	const struct campaign_filter filter = {
		.from = MOMENT_NONE, .to = to, .as_of = query->as_of, .list = query->list, .reported = true
	};
	return select_of(x, query, &filter, campaigns, count, err);
}

bool dashboard_read_query(struct exchange *x, const struct params *params, struct moment now,
                          struct dashboard_query *query, struct error *err) {
	*query = (struct dashboard_query){ 0 };
	if (!list_resolve(x->store, params_get(params, "list"), x->arena, &query->list, err) ||
	    !partner_of_query(x, &query->partner, err) || !period_as_of(params, now, &query->as_of, err))
		return false;
	/* With as_of, "the last 90 days" end then. */
	struct moment end = moment_is_set(query->as_of) ? query->as_of : now;
	return period_read(params, end, "90d", &query->period, err) &&
	       period_compare(params, &query->period, &query->compared, &query->has_compared, err) &&
	       read_metric(params, &query->metric, err);
}

static void put_time(struct value *map, const char *name, struct moment at) {
	char text[MOMENT_TEXT];
	value_put_text(map, name, *moment_format(at, text) ? arena_copy(map->arena, text) : NULL);
}

static void put_bounds(struct value *map, const struct period *period) {
	struct value *bounds = value_put(map, "period", value_map(map->arena));
	put_time(bounds, "from", period->from);
	put_time(bounds, "to", period->to);
}

/* When the newest of these figures was read: of a past moment by the ledger, or, of before there was one, when the
 * newest of them changed. */
static bool find_read_at(struct exchange *x, const struct dashboard_query *query, const struct figures *figures,
                         struct moment *at, struct error *err) {
	*at = figures_read_at(figures, x->versions.data_at);
	if (!moment_is_set(query->as_of))
		return true;
	if (!sync_read_before(x->store, query->as_of, at, err))
		return false;
	for (int i = 0; i < figures->count; i++)
		if (figures->campaigns[i].last_updated.ms > at->ms)
			*at = figures->campaigns[i].last_updated;
	return true;
}

static bool dashboard_api(struct exchange *x, struct error *err) {
	struct dashboard_query query;
	struct figures figures, before;
	struct moment read_at;
	struct value *answer = value_map(x->arena);
	if (!dashboard_read_query(x, &x->query, x->now, &query, err) || !recording_check(x, query.as_of, err) ||
	    !dashboard_find_figures(x, &query, &query.period, &figures, err) ||
	    !find_read_at(x, &query, &figures, &read_at, err))
		return false;
	put_time(answer, "as_of", read_at);
	put_bounds(answer, &query.period);
	figures_put(answer, &figures);
	if (query.has_compared) {
		if (!dashboard_find_figures(x, &query, &query.compared, &before, err))
			return false;
		struct value *previous = value_put(answer, "previous", value_map(x->arena));
		put_bounds(previous, &query.compared);
		figures_put(previous, &before);
	}
	return reply_json(x, answer);
}

struct stats {
	int64_t total_contacts, active_contacts, total_campaigns, total_sent, total_opened, total_clicked;
	double overall_open_rate, overall_click_rate, avg_open_rate, avg_click_rate, median_open_rate, std_open_rate;
};
static const struct field stats_fields[] = {
	FIELD(struct stats, total_contacts, .unit = "people", .doc = "Each once, on however many lists"),
	FIELD(struct stats, active_contacts, .unit = "people", .doc = "Subscribed to at least one list"),
	FIELD(struct stats, total_campaigns),
	FIELD(struct stats, total_sent, .unit = "people", .doc = "Each once a campaign"),
	FIELD(struct stats, total_opened, .unit = "people", .doc = "Each once a campaign"),
	FIELD(struct stats, total_clicked, .unit = "people", .doc = "Each once a campaign"),
	FIELD(struct stats, overall_open_rate, .unit = "% of delivered", .doc = "All opened ÷ all delivered"),
	FIELD(struct stats, overall_click_rate, .unit = "% of delivered", .doc = "All clicked ÷ all delivered"),
	FIELD(struct stats, avg_open_rate, .unit = "fraction of sent", .doc = "Plain mean of the campaigns"),
	FIELD(struct stats, avg_click_rate, .unit = "fraction of sent", .doc = "Plain mean of the campaigns"),
	FIELD(struct stats, median_open_rate, .unit = "fraction of sent"),
	FIELD(struct stats, std_open_rate, .unit = "fraction of sent", .doc = "Standard deviation of the population"),
};
static const struct record_type stats_record = RECORD_TYPE("Stats", struct stats, stats_fields);

/* People once they have been read, each once; before that the sum over the lists is all that is known. */
static bool count_people(struct exchange *x, struct stats *stats, struct error *err) {
	struct domain_count everybody;
	struct list *lists;
	bool counted;
	int count;
	if (!rollup_everybody(x->store, &everybody, &counted, err) || !list_all(x->store, x->arena, &lists, &count, err))
		return false;
	stats->total_contacts = everybody.contacts;
	stats->active_contacts = everybody.subscribed;
	for (int i = 0; i < count && !counted; i++) {
		checked_add(&stats->total_contacts, list_total(&lists[i].counts));
		checked_add(&stats->active_contacts, lists[i].counts.subscribed);
	}
	return true;
}

static bool stats_api(struct exchange *x, struct error *err) {
	struct period all = { "all", MOMENT_NONE, MOMENT_NONE };
	struct figures figures;
	struct stats stats = { 0 };
	if (!figures_find(x->store, &all, NULL, MOMENT_NONE, x->arena, &figures, err) || !count_people(x, &stats, err))
		return false;
	struct figures_stats plain = figures_stats_of(&figures);
	stats.total_campaigns = figures.count;
	stats.total_sent = figures.totals.sent;
	stats.total_opened = figures.totals.opened;
	stats.total_clicked = figures.totals.clicked;
	stats.overall_open_rate = metric_or_zero(metrics_rate(&figures.totals, METRIC_OPEN_RATE));
	stats.overall_click_rate = metric_or_zero(metrics_rate(&figures.totals, METRIC_CLICK_RATE));
	stats.avg_open_rate = plain.avg_open_rate;
	stats.avg_click_rate = plain.avg_click_rate;
	stats.median_open_rate = plain.median_open_rate;
	stats.std_open_rate = plain.std_open_rate;
	return reply_record(x, &stats_record, &stats);
}

static bool find_heatmap(struct exchange *x, struct heatmap *map, struct error *err) {
	struct dashboard_query query;
	struct figures figures;
	if (!dashboard_read_query(x, &x->query, x->now, &query, err) || !recording_check(x, query.as_of, err) ||
	    !dashboard_find_figures(x, &query, &query.period, &figures, err))
		return false;
	heatmap_of(&figures, moment_is_set(query.as_of) ? query.as_of : x->now, map);
	return true;
}

static bool heatmap_api(struct exchange *x, struct error *err) {
	struct heatmap map;
	return find_heatmap(x, &map, err) && reply_json(x, heatmap_json(&map, x->arena));
}

static bool heatmap_csv(struct exchange *x, struct error *err) {
	struct heatmap map;
	if (!find_heatmap(x, &map, err))
		return false;
	return reply_csv_rows(x, "sending-times.csv", &heat_line_record, heatmap_lines(&map, x->arena));
}

/* Links of the campaigns sent in a period, most people first. */
static bool find_links(struct exchange *x, struct dashboard_query *query, struct rows *links, const char **gaps,
                       const char **none, struct error *err) {
	struct figures figures;
	struct link_report *reports;
	int count;
	if (!dashboard_read_query(x, &x->query, x->now, query, err) ||
	    !dashboard_find_figures(x, query, &query->period, &figures, err))
		return false;
	struct strings ids = { arena_array(x->arena, const char *, figures.count + 1), 0 };
	for (int i = 0; i < figures.count; i++)
		ids.items[ids.count++] = figures.campaigns[i].id;
	if (!campaign_links_at(x->store, &ids, query->as_of, x->arena, &reports, &count, err))
		return false;
	links->items = arena_array(x->arena, struct link, LINKS_MAX);
	links->count = campaign_sum_links(reports, count, links->items, LINKS_MAX);
	*gaps = campaign_links_gaps(figures.campaigns, figures.count, x->arena);
	*none = figures.count ? campaign_links_none(figures.campaigns, figures.count) : "No campaign was sent in it";
	return true;
}

static bool links_page(struct exchange *x, struct error *err) {
	struct dashboard_query query;
	struct rows links = { 0 };
	struct error problem;
	struct value *view = value_map(x->arena), *rows = value_put(view, "links", value_list(x->arena));
	const char *began, *gaps = NULL, *none = NULL;
	if (!find_links(x, &query, &links, &gaps, &none, &problem)) {
		if (!exchange_show_problem(x, &problem, err))
			return false;
		query = (struct dashboard_query){ .as_of = MOMENT_NONE };
	}
	if (!recording_began(x, query.as_of, &began, err))
		return false;
	const struct link *items = links.items;
	struct link total = campaign_link_total(&links);
	for (int i = 0; i < links.count && i < LINKS_SHOWN; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "url", items[i].url);
		value_put_text(row, "people", count_text(x->arena, items[i].clicked_unique));
		value_put_text(row, "clicks", count_text(x->arena, items[i].clicked_total));
	}
	struct value *periods = value_put(view, "periods", value_list(x->arena));
	for (const struct period_name *name = period_names; name->key; name++)
		put_choice(periods, name->key, name->label, !x->problem && text_same(name->key, query.period.name));
	bool bounded = !x->problem && moment_is_set(query.period.from);
	value_put_text(view, "span",
	               bounded ? text_of_days(x->arena, query.period.from, moment_add(query.period.to, -1)) : NULL);
	value_put_text(view, "began", began);
	exchange_put_past(x, view, query.as_of);
	value_put_text(view, "gaps", gaps);
	value_put_text(view, "all_people", text_of_count(x->arena, total.clicked_unique));
	value_put_text(view, "all_clicks", text_of_count(x->arena, total.clicked_total));
	value_put_text(view, "count", text_of_count(x->arena, links.count));
	value_put_bool(view, "none", links.count == 0);
	value_put_text(view, "links_none", none ? none : "Nothing to show");
	value_put_bool(view, "cut", links.count > LINKS_SHOWN);
	value_put_text(view, "csv", exchange_address(x, "/links.csv", "format", "csv"));
	return reply_page(x, "console/links", "Links", "links", view, err);
}

static bool links_csv(struct exchange *x, struct error *err) {
	struct dashboard_query query;
	struct rows links;
	const char *gaps, *none;
	return find_links(x, &query, &links, &gaps, &none, err) && recording_check(x, query.as_of, err) &&
	       reply_csv_rows(x, "links.csv", &link_record, links);
}

static bool links_api(struct exchange *x, struct error *err) {
	struct dashboard_query query;
	struct rows links;
	const char *gaps, *none;
	return find_links(x, &query, &links, &gaps, &none, err) && recording_check(x, query.as_of, err) &&
	       reply_rows(x, &link_record, links);
}

static bool show_definitions(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena), *rows = value_put(view, "metrics", value_list(x->arena));
	for (int i = 0; i < METRIC_COUNT; i++) {
		const struct metric_row *metric = &metric_rows[i];
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "key", metric->key);
		value_put_text(row, "name", metric->name);
		value_put_text(row, "formula", metric->formula);
		value_put_text(row, "denominator", metric->denominator);
		value_put_text(row, "caveat", metric->caveat);
		value_put_int(row, "decimals", metric->decimals);
		value_put_bool(row, "up", metric->up_is_good);
	}
	return reply_page(x, "console/definitions", "Definitions", NULL, view, err);
}

static bool show_root(struct exchange *x, struct error *err) {
	(void)err;
	return reply_redirect(x, "/dashboard");
}

const struct route dashboard_routes[] = {
	{ "GET", "/", GUARD_SIGNED_IN, show_root },
	{ "GET", "/dashboard", GUARD_SIGNED_IN, dashboard_page,
	  .realms = REALM_FIGURES | REALM_LEDGER | REALM_SETTINGS | REALM_PARTNERS | REALM_REPORTS | REALM_COUNTS |
	            REALM_CAMPAIGNS,
	  .goes_back = true },
	{ "GET", "/compare", GUARD_SIGNED_IN, compare_page, .realms = REALM_FIGURES },
	{ "GET", "/compare.csv", GUARD_SIGNED_IN, compare_csv, .realms = REALM_FIGURES, .download = true },
	{ "GET", "/api/compare", GUARD_SIGNED_IN, compare_api,
	  .summary = "Two to six campaigns beside each other (id once for each)", .parameters = "id",
	  .realms = REALM_FIGURES,
	  .shape = "id:text name:text " METRICS_RATES_SHAPE
	           " ages[]{hours:count opened_percent:number clicked_percent:number}",
	  .list = true },
	{ "GET", "/changes", GUARD_SIGNED_IN, changes_page, .realms = REALM_FIGURES },
	{ "GET", "/changes.csv", GUARD_SIGNED_IN, changes_csv, .realms = REALM_FIGURES, .download = true },
	{ "GET", "/api/changes", GUARD_SIGNED_IN, changes_api, .summary = "What changed between two moments",
	  .output = &change_record, .list = true, .parameters = "since,until", .realms = REALM_FIGURES },
	{ "GET", "/definitions", GUARD_SIGNED_IN, show_definitions },
	{ "GET", "/dashboard.csv", GUARD_SIGNED_IN, dashboard_csv, .realms = REALM_FIGURES | REALM_PARTNERS,
	  .download = true, .goes_back = true },
	{ "GET", "/api/dashboard", GUARD_SIGNED_IN, dashboard_api, .summary = "Figures of the campaigns sent in a period",
	  .parameters = "period,from,to,compare,cfrom,cto,match,list,partner", .realms = REALM_FIGURES | REALM_PARTNERS,
	  .goes_back = true, .shape = "as_of:time " FIGURES_SHAPE " previous{" FIGURES_SHAPE "}" },
	{ "GET", "/api/heatmap", GUARD_SIGNED_IN, heatmap_api,
	  .summary = "Rates by weekday and hour of sending (UTC, Monday is 1), of campaigns sent at least 3 days ago",
	  .parameters = "period,from,to,list,partner", .realms = REALM_FIGURES | REALM_PARTNERS, .goes_back = true,
	  .shape = "weekday:count hour:count campaigns:count delivered:count enough:bool " METRICS_RATES_SHAPE,
	  .list = true },
	{ "GET", "/heatmap.csv", GUARD_SIGNED_IN, heatmap_csv, .realms = REALM_FIGURES | REALM_PARTNERS, .goes_back = true,
	  .download = true },
	{ "GET", "/links", GUARD_SIGNED_IN, links_page, .realms = REALM_FIGURES | REALM_PARTNERS, .goes_back = true },
	{ "GET", "/links.csv", GUARD_SIGNED_IN, links_csv, .realms = REALM_FIGURES | REALM_PARTNERS, .download = true,
	  .goes_back = true },
	{ "GET", "/api/links", GUARD_SIGNED_IN, links_api, .summary = "Links of the campaigns sent in a period",
	  .output = &link_record, .list = true, .parameters = "period,from,to,list,partner",
	  .realms = REALM_FIGURES | REALM_PARTNERS, .goes_back = true },
	{ "GET", "/api/stats", GUARD_SIGNED_IN, stats_api, .summary = "Totals and averages over all campaigns",
	  .output = &stats_record, .realms = REALM_FIGURES | REALM_COUNTS },
	{ 0 },
};
