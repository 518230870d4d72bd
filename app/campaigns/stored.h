/* What the files of this room share of storing; nobody else includes it. */
#ifndef CAMPAIGNS_STORED_H
#define CAMPAIGNS_STORED_H

#include "core/store/store.h"

static const char CAMPAIGNS[] = "campaigns", SNAPSHOTS[] = "campaign_metrics_snapshots";

/* Every write of a campaign that changes more than who saw it last carries these edits: workers read again what has
 * changed. */
#define CAMPAIGN_CHANGED set_now("changed_at"), add_count("changes", 1)

#endif
