/* How far a campaign has been sent: the sum of its blocks' states. Always pending + handing + deferred + accepted +
 * failed + suppressed + cancelled + uncertain = total, once all recipients are written down. */
#ifndef DISPATCH_PROGRESS_H
#define DISPATCH_PROGRESS_H

#include "campaigns/campaign.h"
#include "dispatch/block.h"

struct progress {
	const char *id, *name;
	unsigned status; /* enum campaign_status */
	int64_t total;   /* messages; COUNT_NONE while recipients are being written down */
	int64_t written; /* recipients written down so far */
	int64_t pending, handing, deferred, accepted, failed, suppressed, cancelled, uncertain;
	double percent;           /* of the total: what is settled; 0 while there is none */
	struct left_out left_out; /* people who were chosen and are not sent to */
	struct moment started_at, ended_at;
};
extern const struct record_type progress_record;

/* MISSING: there is no such campaign, or it was never started. */
bool progress_read(struct store *store, const char *campaign_id, struct arena *arena, struct progress *progress,
                   struct error *err) MUST_CHECK;

/* Pure. The campaign's figures; while nothing is counted of it, as many are sent as servers have accepted. */
struct metrics progress_metrics(const struct campaign *campaign, const struct progress *progress);

/* Pure. How many are to be sent: the total, or while recipients are written down as many as there are so far. */
int64_t progress_total(const struct progress *progress);

#endif
