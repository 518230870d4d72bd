#ifndef CONSOLE_CAMPAIGN_ADDRESS_H
#define CONSOLE_CAMPAIGN_ADDRESS_H

#include "campaigns/campaign.h"
#include "core/http/exchange.h"

/* The campaign in the URL, as it is now or, with as_of= (*as_of, else MOMENT_NONE), as it was then. MISSING: there is
 * none, or it was not known yet. */
bool campaign_of_address(struct exchange *x, struct campaign *campaign, struct moment *as_of,
                         struct error *err) MUST_CHECK;

/* The campaign in the path, as it is now. MISSING: there is none. */
bool campaign_of_path(struct exchange *x, struct campaign *campaign, struct error *err) MUST_CHECK;

#endif
