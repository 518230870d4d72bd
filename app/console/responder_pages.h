/* Who did what with a campaign, and who did not. */
#ifndef CONSOLE_RESPONDER_PAGES_H
#define CONSOLE_RESPONDER_PAGES_H

#include "campaigns/campaign.h"
#include "core/http/exchange.h"

/* Adds "reports": the addresses of what a campaign's reports say and leave, `chosen` being the label of this one. */
void responder_put_reports(struct value *view, const char *campaign_id, const char *chosen);

route_handler non_openers_page, non_openers_api, non_openers_csv;
route_handler non_clickers_page, non_clickers_api, non_clickers_csv;

extern const struct route responder_routes[];

#endif
