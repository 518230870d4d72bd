/* Figures of own campaigns. */
#include "dispatch/figures.h"

#include "campaigns/history.h"
#include "core/base/lease.h"
#include "core/process/settings.h"

#include <string.h>

static const char STATES[] = "dispatch_states";

struct metrics own_figures_of(const struct block_state *sum, const struct answers *answers,
                              const struct returned_counts *returned, bool tracks_opens, bool tracks_clicks) {
	struct metrics metrics;
	record_clear(&metrics_record, &metrics);
	metrics.sent = sum->accepted + sum->hard;
	metrics.bounced_hard = sum->hard + returned->of[RETURNED_HARD];
	metrics.bounced_soft = returned->of[RETURNED_SOFT];
	metrics.bounced = metrics.bounced_hard + metrics.bounced_soft;
	if (returned->of[RETURNED_COMPLAINED]) /* whether anybody would tell us is not known before */
		metrics.spam_complaints = returned->of[RETURNED_COMPLAINED];
	metrics.unsubscribed = answers->unsubscribed;
	if (tracks_opens) {
		metrics.opened = answers->opened;
		metrics.opened_total = answers->human_opens;
	}
	if (tracks_clicks) {
		metrics.clicked = answers->clicked;
		metrics.clicked_total = answers->human_clicks;
	}
	return metrics;
}

static bool is_tracked(const char *setting) {
	return strcmp(settings_text("ENABLE_EMAIL_TRACKING"), "false") != 0 && strcmp(settings_text(setting), "false") != 0;
}

static bool read_figures(struct store *store, const char *campaign_id, struct arena *arena, struct metrics *metrics,
                         struct error *err) {
	struct block_state sum;
	struct answers answers;
	struct returned_counts returned;
	struct dispatch dispatch;
	int64_t blocks;
	bool found, started;
	if (!store_sum(store, STATES, FILTER(eq_id("campaign_id", campaign_id)), &block_state_record, &sum, &blocks, err) ||
	    !answers_find(store, campaign_id, arena, &answers, &found, err) ||
	    !returned_count(store, campaign_id, &returned, err) ||
	    !dispatch_find(store, campaign_id, arena, &dispatch, &started, err))
		return false;
	*metrics = own_figures_of(&sum, &answers, &returned,
	                          started && dispatch.said.settings.track_opens && is_tracked("ENABLE_OPEN_TRACKING"),
	                          started && dispatch.said.settings.track_clicks && is_tracked("ENABLE_CLICK_TRACKING"));
	return true;
}

bool figures_save(struct store *store, const char *campaign_id, bool is_over, struct moment now, struct arena *arena,
                  struct error *err) {
	struct campaign campaign;
	struct summary summary = { .at = now };
	bool found, changed;
	if (!campaign_find(store, campaign_id, arena, &campaign, &found, err))
		return false;
	if (!found || (!is_over && was_lately(campaign.last_updated, FIGURES_EVERY_MS, now)))
		return true;
	return read_figures(store, campaign.id, arena, &summary.metrics, err) &&
	       campaign_save_summary(store, &campaign, store_new_id(arena), &summary, arena, &changed, err);
}
