/* The worker's cache of all campaigns: read once, then only changes, so a page costs the same however many campaigns
 * there are. Private to this folder. */
#ifndef CAMPAIGNS_CACHE_H
#define CAMPAIGNS_CACHE_H

#include "campaigns/campaign.h"
#include "core/store/version.h"

/* All campaigns, newest sending first, as of the versions set by store_observe; valid until other versions of figures,
 * partners or own campaigns are set. One store per process. */
bool campaign_cache_read(struct store *store, const struct campaign **campaigns, int *count,
                         struct error *err) MUST_CHECK;

/* The campaign with our id, under the same conditions; NULL if there is none. */
bool campaign_cache_find(struct store *store, const char *id, const struct campaign **campaign,
                         struct error *err) MUST_CHECK;

/* For qsort: by sending, then by id. */
int campaign_newest_first(const void *a, const void *b);

#endif
