/* How many of each segment redeemed the code of their email. */
#ifndef ANSWERING_REDEEMERS_H
#define ANSWERING_REDEEMERS_H

#include "answering/groups.h"

struct segment_redeemed {
	const char *name; /* NULL: those in no segment */
	int64_t redeemed; /* people; of several segments a person counts once in each */
};
extern const struct record_type segment_redeemed_record;

/* Of a campaign: struct segment_redeemed, those who redeemed and were not erased since, by the segments in which they
 * were when its first answers were counted. A segment of which nobody did is left out. */
bool redeemed_by_segment(struct store *store, const char *campaign_id, struct arena *arena, struct rows *segments,
                         struct error *err) MUST_CHECK;

/* Pure. name NULL: of those in no segment. */
int64_t redeemed_in(const struct rows *segments, const char *name);

#endif
