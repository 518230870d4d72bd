/* What the page files of this room share; nobody else includes it. */
#ifndef CONSOLE_CAMPAIGN_PAGES_H
#define CONSOLE_CAMPAIGN_PAGES_H

#include "campaigns/campaign.h"
#include "core/http/exchange.h"

enum { CAMPAIGN_PAGE_ROWS = 50 };

/* A row of the list, as template data. */
struct value *campaign_row_view(const struct campaign *campaign, struct arena *arena);

/* The newest `limit` snapshots before `cursor` (NULL: of all), newest first. *next is NULL when none is older. */
bool campaign_snapshots(struct exchange *x, const struct campaign *campaign, int limit, const char *cursor,
                        struct rows *snapshots, const char **next, struct error *err) MUST_CHECK;

/* The newest link report; empty when there is none. */
bool campaign_links(struct exchange *x, const struct campaign *campaign, struct link_report *report,
                    struct error *err) MUST_CHECK;

route_handler campaign_list_page, campaign_list_api, campaign_list_csv;
route_handler campaign_snapshots_api, campaign_snapshots_csv, campaign_links_api, campaign_links_csv,
	campaign_daily_api;

extern const struct route campaign_routes[];

#endif
