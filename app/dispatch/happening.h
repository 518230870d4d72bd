/* What happens to a campaign by itself, and somebody should hear of: told to listeners (dispatch/live.h), as a
 * notification, and in its log. */
#ifndef DISPATCH_HAPPENING_H
#define DISPATCH_HAPPENING_H

#include "core/store/store.h"

enum campaign_happening { CAMPAIGN_STARTED, CAMPAIGN_ENDED, CAMPAIGN_GAVE_UP, CAMPAIGN_HELD, CAMPAIGN_HAPPENINGS };

/* After it was stored. `why`: of CAMPAIGN_GAVE_UP (sending failed) and CAMPAIGN_HELD (it was paused by itself), a part
 * of a sentence; else NULL. Each is a notification once for a campaign, but for CAMPAIGN_HELD, once an hour. It has
 * happened whether this can be told or not, so nothing here fails. */
void campaign_happened(struct store *store, const char *campaign_id, enum campaign_happening happening, const char *why,
                       struct moment now);

#endif
