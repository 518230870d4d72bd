/* Responders and nonresponders of a campaign. */
#ifndef CONSOLE_RESPONDER_PAGES_H
#define CONSOLE_RESPONDER_PAGES_H

#include "campaigns/campaign.h"
#include "core/http/exchange.h"

/* The first five in the order of enum event_type. */
enum people_of_campaign { PEOPLE_OPENED, PEOPLE_COMPLAINED = 4, PEOPLE_NOT_OPENED, PEOPLE_NOT_CLICKED };

/* Adds what the pages of a campaign's people have in common: its head, and people_of, the way to the others. */
bool responder_put_head(struct exchange *x, struct value *view, const struct campaign *campaign,
                        enum people_of_campaign chosen, struct error *err) MUST_CHECK;

/* How many of those whom it was delivered to the summary does not count for this rate; or COUNT_NONE. */
int64_t campaign_left(const struct campaign *campaign, enum metric metric);

route_handler non_openers_page, non_openers_api, non_openers_csv;
route_handler non_clickers_page, non_clickers_api, non_clickers_csv;

extern const struct route responder_routes[];

#endif
