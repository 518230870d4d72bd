#ifndef CONSOLE_CAMPAIGN_ADDRESS_H
#define CONSOLE_CAMPAIGN_ADDRESS_H

#include "campaigns/campaign.h"
#include "core/http/exchange.h"

/* The campaign that the address names, as it is or, with as_of, as it was. */
bool campaign_of_address(struct exchange *x, struct campaign *campaign, struct error *err) MUST_CHECK;

/* The campaign that the path names, as it is. MISSING: there is none. */
bool campaign_of_path(struct exchange *x, struct campaign *campaign, struct error *err) MUST_CHECK;

#endif
