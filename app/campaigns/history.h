/* The history of a campaign's figures: append-only snapshots, one per reading that differs from the previous one. */
#ifndef CAMPAIGNS_HISTORY_H
#define CAMPAIGNS_HISTORY_H

#include "campaigns/campaign.h"
#include "core/store/page.h"

struct snapshot {
	const char *id, *campaign_id, *run_id, *source;
	struct moment snapshot_time;
	struct metrics metrics;
	struct snapshot_rates {
		double open_rate, click_rate, bounce_rate; /* fractions of sent (0 if sent is 0) */
	} rates;
	const char *decreased;
	/* Relative to the previous snapshot; absent in the first. */
	int64_t opened_change, clicked_change, unsubscribed_change;
};
extern const struct record_type snapshot_record;

/* Pure. The snapshot of a summary. */
struct snapshot snapshot_of(const char *campaign_id, const char *run_id, const struct metrics *metrics,
                            struct moment at);

/* A summary as it was read. */
struct summary {
	struct metrics metrics; /* a counter that could not be read is as it was before */
	int64_t unread;         /* values that could not be read, or contradict the others */
	struct moment at;
};

/* Stores a summary: appends a snapshot if a figure changed (*changed), then updates the campaign. Idempotent within a
 * run, also after a crash. */
bool campaign_save_summary(struct store *store, const struct campaign *campaign, const char *run_id,
                           const struct summary *summary, struct arena *arena, bool *changed,
                           struct error *err) MUST_CHECK;

/* Pure. How long after the newest reading of its summary its figures are to be read again because that lacked
 * something: a counter that could not be read, or its links. Not at all, an hour, then twice as long each time, as the
 * provider may be mistaken for a moment or for ever. INT64_MAX if it lacked nothing. */
int64_t campaign_figures_wait(const struct campaign *campaign);

/* Records that the run could not get the report, and why. */
bool campaign_save_gap(struct store *store, const char *campaign_id, const char *run_id, const char *why,
                       struct error *err) MUST_CHECK;

/* Inserts those of the snapshots (struct snapshot) that are missing. */
bool campaign_restore_snapshots(struct store *store, const struct rows *snapshots, struct error *err) MUST_CHECK;

/* A page of a campaign's snapshots up to as_of (MOMENT_NONE: all), newest or oldest first. */
bool campaign_find_snapshots(struct store *store, const char *campaign_id, struct moment as_of, bool newest_first,
                             const char *cursor, int limit, struct arena *arena, struct page *page,
                             struct error *err) MUST_CHECK;

/* What a run changed: its snapshots, with the campaign's name. */
struct campaign_change {
	const struct snapshot *snapshot;
	const char *id, *name;
};

/* The `limit` largest changes by opens and clicks, largest first. */
bool campaign_changes(struct store *store, const char *run_id, int limit, struct arena *arena,
                      struct campaign_change **changes, int *count, struct error *err) MUST_CHECK;

#endif
