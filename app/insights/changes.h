/* Changes between two moments: each campaign's figures as known at each of them. */
#ifndef INSIGHTS_CHANGES_H
#define INSIGHTS_CHANGES_H

#include "campaigns/campaign.h"

struct change {
	const char *id, *name;
	int64_t sort_sent;            /* see struct campaign */
	bool is_new;                  /* no figures at the first moment */
	struct metrics before, after; /* before is all 0 if is_new */
};

/* Pure. The campaigns of `after` whose figures differ from those in `before` (the same campaigns earlier, in any
 * order), largest change in opens and clicks first, then newest sending first. */
int changes_of(const struct campaign *before, int before_count, const struct campaign *after, int after_count,
               struct change *changes);

#endif
