/* Figures of own campaigns. */
#include "dispatch/figures.h"

#include "campaigns/history.h"
#include "core/base/lease.h"

static const char STATES[] = "dispatch_states";

struct metrics own_figures_of(const struct block_state *sum) {
	struct metrics metrics;
	record_clear(&metrics_record, &metrics);
	metrics.sent = sum->accepted + sum->hard;
	metrics.bounced = metrics.bounced_hard = sum->hard;
	metrics.bounced_soft = 0;
	return metrics;
}

bool figures_save(struct store *store, const char *campaign_id, bool is_over, struct moment now, struct arena *arena,
                  struct error *err) {
	struct campaign campaign;
	struct block_state sum;
	int64_t blocks;
	bool found, changed;
	if (!campaign_find(store, campaign_id, arena, &campaign, &found, err))
		return false;
	if (!found || (!is_over && was_lately(campaign.last_updated, FIGURES_EVERY_MS, now)))
		return true;
	if (!store_sum(store, STATES, FILTER(eq_id("campaign_id", campaign.id)), &block_state_record, &sum, &blocks, err))
		return false;
	const struct summary summary = { .metrics = own_figures_of(&sum), .at = now };
	return campaign_save_summary(store, &campaign, store_new_id(arena), &summary, arena, &changed, err);
}
