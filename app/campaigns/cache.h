/* All campaigns as a worker keeps them in memory: read once, then only what has changed. So a page of a period costs
 * the same however many campaigns there are. Of the campaigns room; nobody else includes it. */
#ifndef CAMPAIGNS_CACHE_H
#define CAMPAIGNS_CACHE_H

#include "campaigns/campaign.h"
#include "core/store/version.h"

/* The campaigns, newest sending first, as of the versions that the store observes (store_observe); they hold until
 * other ones of figures or partners are observed. One store a process. */
bool campaign_cache_read(struct store *store, const struct campaign **campaigns, int *count,
                         struct error *err) MUST_CHECK;

#endif
