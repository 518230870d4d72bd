/* How far a campaign has been sent. */
#include "dispatch/progress.h"

#include <math.h>

#include "metrics/share.h"

static const char STATES[] = "dispatch_states";

static const struct field fields[] = {
	FIELD(struct progress, id, .flags = FIELD_ID),
	FIELD(struct progress, name),
	FIELD(struct progress, status, .choices = &campaign_statuses),
	FIELD(struct progress, total, .unit = "messages", .doc = "null while recipients are being written down"),
	FIELD(struct progress, written, .unit = "recipients"),
	FIELD(struct progress, pending),
	FIELD(struct progress, handing),
	FIELD(struct progress, deferred),
	FIELD(struct progress, accepted),
	FIELD(struct progress, failed),
	FIELD(struct progress, suppressed),
	FIELD(struct progress, cancelled),
	FIELD(struct progress, uncertain),
	FIELD(struct progress, percent, .unit = "percent of the total that is settled"),
	FIELD_RECORD(struct progress, left_out, left_out_record),
	FIELD(struct progress, started_at),
	FIELD(struct progress, ended_at),
};
const struct record_type progress_record = RECORD_TYPE("Progress", struct progress, fields);

struct metrics progress_metrics(const struct campaign *campaign, const struct progress *progress) {
	struct metrics metrics = campaign->current_metrics;
	if (metrics.sent == COUNT_NONE)
		metrics.sent = progress->accepted;
	return metrics;
}

int64_t progress_total(const struct progress *progress) {
	return progress->total == COUNT_NONE ? progress->written : progress->total;
}

static int64_t settled_of(const struct block_state *sum) {
	return sum->accepted + sum->failed + sum->suppressed + sum->cancelled + sum->uncertain;
}

static struct progress progress_of(const struct campaign *campaign, const struct dispatch *dispatch,
                                   const struct block_state *sum) {
	double percent = share_percent(settled_of(sum), dispatch->total);
	return (struct progress){
		.id = campaign->id,
		.name = campaign->name,
		.status = campaign->status,
		.total = dispatch->total,
		.written = sum->size,
		.pending = sum->pending,
		.handing = sum->handing,
		.deferred = sum->deferred,
		.accepted = sum->accepted,
		.failed = sum->failed,
		.suppressed = sum->suppressed,
		.cancelled = sum->cancelled,
		.uncertain = sum->uncertain,
		.percent = isnan(percent) ? 0 : percent,
		.left_out = dispatch->left_out,
		.started_at = dispatch->started_at,
		.ended_at = dispatch->ended_at,
	};
}

bool progress_read(struct store *store, const char *campaign_id, struct arena *arena, struct progress *progress,
                   struct error *err) {
	struct campaign campaign;
	struct dispatch dispatch;
	struct block_state sum;
	bool found;
	int64_t blocks;
	if (!campaign_find(store, campaign_id, arena, &campaign, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no campaign %.60s", campaign_id);
	if (!dispatch_need_counts(store, campaign.id, arena, &dispatch, err) ||
	    !store_sum(store, STATES, FILTER(eq_id("campaign_id", campaign.id)), &block_state_record, &sum, &blocks, err))
		return false;
	*progress = progress_of(&campaign, &dispatch, &sum);
	return true;
}
