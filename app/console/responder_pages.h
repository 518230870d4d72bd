/* Responders and nonresponders of a campaign. */
#ifndef CONSOLE_RESPONDER_PAGES_H
#define CONSOLE_RESPONDER_PAGES_H

#include "campaigns/campaign.h"
#include "core/http/exchange.h"

/* Adds "reports": the URLs of a campaign's responder and nonresponder pages; `chosen` is the label of the current
 * one. */
void responder_put_reports(struct value *view, const char *campaign_id, const char *chosen);

route_handler non_openers_page, non_openers_api, non_openers_csv;
route_handler non_clickers_page, non_clickers_api, non_clickers_csv;

extern const struct route responder_routes[];

#endif
