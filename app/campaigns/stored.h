/* Storage shared by the files of this folder; private to it. */
#ifndef CAMPAIGNS_STORED_H
#define CAMPAIGNS_STORED_H

#include "core/store/store.h"

static const char CAMPAIGNS[] = "campaigns", SNAPSHOTS[] = "campaign_metrics_snapshots",
				  LISTED_STATES[] = "campaign_states", LINK_REPORTS[] = "link_snapshots";

/* Must be part of every write that changes more than seen_run: workers reread campaigns with a new stamp. */
#define CAMPAIGN_CHANGED set_now("changed_at"), add_count("changes", 1)

#endif
