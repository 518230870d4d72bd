/* All campaigns as a worker keeps them in memory: read once, then only what has changed. So a page of a period costs
 * the same however many campaigns there are. Of the campaigns room; nobody else includes it. */
#ifndef CAMPAIGNS_CACHE_H
#define CAMPAIGNS_CACHE_H

#include "campaigns/campaign.h"

/* The campaigns, newest sending first, as of the data version that the store observes (store_observe); they hold until
 * the store observes another one. One store a process. */
bool campaign_cache_read(struct store *store, const struct campaign **campaigns, int *count,
                         struct error *err) MUST_CHECK;

#endif
