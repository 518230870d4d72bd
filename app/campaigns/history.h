/* The history of a campaign's figures: append-only snapshots, one for each reading that differs from the one before. */
#ifndef CAMPAIGNS_HISTORY_H
#define CAMPAIGNS_HISTORY_H

#include "campaigns/campaign.h"
#include "core/store/page.h"

struct snapshot {
	const char *id, *campaign_id, *run_id, *source;
	struct moment snapshot_time;
	struct metrics metrics;
	struct snapshot_rates {
		double open_rate, click_rate, bounce_rate; /* fractions of sent (0 where sent is 0) */
	} rates;
	const char *decreased;
	/* Against the snapshot before; absent in the first. */
	int64_t opened_change, clicked_change, unsubscribed_change;
};
extern const struct record_type snapshot_record;

/* Pure: the snapshot of a summary. */
struct snapshot snapshot_of(const char *campaign_id, const char *run_id, const struct metrics *metrics,
                            struct moment at);

/* A summary was read at `at`: appends a snapshot when a figure changed (*changed), then renews the present state.
 * Repeating it in the same run, after a crash, appends nothing twice. */
bool campaign_save_summary(struct store *store, const struct campaign *campaign, const char *run_id,
                           const struct metrics *metrics, struct moment at, struct arena *arena, bool *changed,
                           struct error *err) MUST_CHECK;

/* The run could not have the report, and why. */
bool campaign_save_gap(struct store *store, const char *campaign_id, const char *run_id, const char *why,
                       struct error *err) MUST_CHECK;

/* Adds those of the snapshots (struct snapshot) that are missing. */
bool campaign_restore_snapshots(struct store *store, const struct rows *snapshots, struct error *err) MUST_CHECK;

/* A page of a campaign's snapshots, the newest or the oldest first. */
bool campaign_find_snapshots(struct store *store, const char *campaign_id, bool newest_first, const char *cursor,
                             int limit, struct arena *arena, struct page *page, struct error *err) MUST_CHECK;

/* What a run changed: snapshots of the run with the name of their campaign. */
struct campaign_change {
	const struct snapshot *snapshot;
	const char *id, *name;
};

/* The `limit` greatest changes by opens and clicks, greatest first. */
bool campaign_changes(struct store *store, const char *run_id, int limit, struct arena *arena,
                      struct campaign_change **changes, int *count, struct error *err) MUST_CHECK;

#endif
