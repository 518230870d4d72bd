/* One campaign: its figures, growth, links and history; and the routes of campaigns. */
#include "console/campaign_pages.h"

#include "campaigns/history.h"
#include "campaigns/past.h"
#include "composing/answer_pages.h"
#include "console/campaign_address.h"
#include "console/campaign_columns.h"
#include "console/campaign_figures_view.h"
#include "console/campaign_growth_view.h"
#include "console/campaign_head.h"
#include "console/own_results.h"
#include "core/store/version.h"
#include "insights/daily.h"
#include "insights/figures.h"

enum { LINKS_ON_OVERVIEW = 5 };

static bool show_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	const struct growth *growth;
	struct moment as_of;
	if (!campaign_of_address(x, &campaign, &as_of, err) || !campaign_find_growth(x, &campaign, &growth, err))
		return false;
	struct value *answer = campaign_to_json(&campaign, x->arena);
	if (campaign.has_report && !moment_is_set(as_of))
		daily_put_undated(answer, &campaign, growth);
	return (campaign.origin != CAMPAIGN_OWN || composition_put_of(x, answer, campaign.id, err)) &&
	       reply_json(x, answer);
}

static void put_header(struct value *view, const struct campaign *campaign) {
	value_put_text(view, "gap", campaign->report_gap);
	value_put_text(view, "decreased", campaign->decreased);
}

static struct moment read_at(const struct exchange *x, struct campaign *campaign) {
	struct figures figures;
	figures_of(campaign, 1, x->arena, &figures);
	return figures_read_at(&figures, x->versions.data_at);
}

/* What the campaign is compared with. `growth`: its own, NULL in the past. */
static bool find_peers(struct exchange *x, const struct campaign *campaign, struct moment as_of, struct peers *peers,
                       const struct growth **growth, struct error *err) {
	*growth = NULL;
	return peers_find(x->store, campaign, moment_is_set(as_of) ? as_of : x->now, as_of, x->arena, peers, err) &&
	       (moment_is_set(as_of) || peers_find_growths(x->store, campaign, x->arena, peers, growth, err));
}

/* A draft is written on, one that is being sent is watched; of one that was sent there are figures: NULL. */
static const char *place_of_own(const struct campaign *campaign) {
	if (campaign->status == CAMPAIGN_DRAFT || campaign->status == CAMPAIGN_SCHEDULED)
		return "edit";
	return campaign->status == CAMPAIGN_SENT && campaign->has_report ? NULL : "monitor";
}

static bool show_page(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct page snapshots;
	struct link_report report;
	struct peers peers;
	const struct growth *growth;
	struct moment as_of;
	bool found;
	struct value *view = value_map(x->arena);
	if (!campaign_of_address(x, &campaign, &as_of, err))
		return false;
	if (campaign.origin == CAMPAIGN_OWN && place_of_own(&campaign))
		return reply_redirect(x, arena_print(x->arena, "/campaigns/%s/%s", campaign.id, place_of_own(&campaign)));
	if (!campaign_put_head(x, view, &campaign, as_of, TAB_OVERVIEW, err) ||
	    !campaign_find_snapshots(x->store, campaign.id, as_of, true, NULL, CAMPAIGN_PAGE_ROWS, x->arena, &snapshots,
	                             err) ||
	    !campaign_find_link_report(x->store, campaign.id, as_of, x->arena, &report, &found, err) ||
	    !find_peers(x, &campaign, as_of, &peers, &growth, err) ||
	    !campaign_put_why(x, view, &campaign, &peers, as_of, err) ||
	    !campaign_put_growth(x, view, &campaign, as_of, growth, &peers, &snapshots.rows, err))
		return false;
	if (!own_results_put(x, view, &campaign, err))
		return false;
	put_header(view, &campaign);
	exchange_put_data_at(x, view, read_at(x, &campaign));
	campaign_put_figures(x, view, &campaign, &peers, moment_is_set(as_of) ? as_of : x->now);
	campaign_put_links(view, &campaign, &report, LINKS_ON_OVERVIEW, x->now);
	return reply_page(x, "console/campaign", campaign_name(&campaign), "campaigns", view, err);
}

const struct route campaign_routes[] = {
	{ "GET", "/campaigns", GUARD_SIGNED_IN, campaign_list_page,
	  .realms = REALM_FIGURES | REALM_PARTNERS | REALM_CAMPAIGNS, .goes_back = true },
	{ "POST", "/campaigns/columns", GUARD_SIGNED_IN, campaign_columns_keep },
	{ "GET", "/campaigns.csv", GUARD_SIGNED_IN, campaign_list_csv,
	  .realms = REALM_FIGURES | REALM_PARTNERS | REALM_CAMPAIGNS, .download = true, .goes_back = true },
	{ "GET", "/campaigns/:campaign_id", GUARD_SIGNED_IN, show_page, .realms = REALM_FIGURES | REALM_CAMPAIGNS,
	  .goes_back = true },
	{ "GET", "/campaigns/:campaign_id/links", GUARD_SIGNED_IN, campaign_links_page,
	  .realms = REALM_FIGURES | REALM_CAMPAIGNS, .goes_back = true },
	{ "GET", "/campaigns/:campaign_id/history", GUARD_SIGNED_IN, campaign_history_page,
	  .realms = REALM_FIGURES | REALM_CAMPAIGNS, .goes_back = true },
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
	  .output = &campaign_record, .list = true,
	  .parameters = "status,origin,created_by,list,partner,q,period,from,to,sort,limit,cursor",
	  .realms = REALM_FIGURES | REALM_PARTNERS | REALM_CAMPAIGNS, .goes_back = true, .shape = CAMPAIGN_SHAPE },
	{ "GET", "/api/campaigns/:campaign_id", GUARD_SIGNED_IN, show_api, .summary = "One campaign",
	  .output = &campaign_record,
	  .realms = REALM_FIGURES | REALM_PARTNERS | REALM_CAMPAIGNS | REALM_PEOPLE | REALM_SETTINGS, .goes_back = true,
	  .shape = CAMPAIGN_SHAPE " undated{*:count} " COMPOSITION_SHAPE },
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
