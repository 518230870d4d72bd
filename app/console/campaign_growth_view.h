/* Parts of a campaign's page that show its growth: curve, figures at an age, forecast, days. Private to this folder. */
#ifndef CONSOLE_CAMPAIGN_GROWTH_VIEW_H
#define CONSOLE_CAMPAIGN_GROWTH_VIEW_H

#include "campaigns/history.h"
#include "core/http/exchange.h"
#include "insights/peers.h"

/* By the times in contact reports, or without any by the changes that syncs saw (`snapshots`, newest first).
 * `growth` is NULL if no report has been read. */
bool campaign_put_growth(struct exchange *x, struct value *view, const struct campaign *campaign,
                         const struct growth *growth, const struct peers *peers, const struct rows *snapshots,
                         struct error *err) MUST_CHECK;

#endif
