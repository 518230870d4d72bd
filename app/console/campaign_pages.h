/* Shared by the page files of this folder; private to it. */
#ifndef CONSOLE_CAMPAIGN_PAGES_H
#define CONSOLE_CAMPAIGN_PAGES_H

#include "campaigns/growth.h"
#include "campaigns/links.h"
#include "core/http/exchange.h"

enum { CAMPAIGN_PAGE_ROWS = 50 };

/* A row of the list, as template data. */
struct value *campaign_row_view(const struct campaign *campaign, struct arena *arena);

/* *growth is NULL if none of its contact reports has been read. */
bool campaign_find_growth(struct exchange *x, const struct campaign *campaign, const struct growth **growth,
                          struct error *err) MUST_CHECK;

/* Its days up to today, oldest first, at most the last `days`: none before the first with a figure. */
struct rows campaign_days(struct exchange *x, const struct campaign *campaign, const struct growth *growth,
                          int64_t days); /* struct daily */
/* The parameter days=, default 30. INVALID names it. */
bool campaign_read_days(const struct exchange *x, int64_t *days, struct error *err) MUST_CHECK;

/* Adds links, the first `most` of them, their total, and what is missing of them. */
void campaign_put_links(struct value *view, const struct campaign *campaign, const struct link_report *report, int most,
                        struct moment now);

/* Pure. "acme.example/survey" for "https://acme.example/survey": what comes before tells nothing. */
const char *campaign_short_address(const char *url);

route_handler campaign_list_page, campaign_list_api, campaign_list_csv, campaign_links_page, campaign_history_page;
route_handler campaign_snapshots_api, campaign_snapshots_csv, campaign_links_api, campaign_links_csv,
	campaign_series_api, campaign_daily_api, campaign_days_csv, campaign_growth_csv, campaign_ages_csv;

extern const struct route campaign_routes[];

#endif
