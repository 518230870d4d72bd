/* The history of a campaign's figures: rules and storage. */
#include "campaigns/history.h"

#include <stdlib.h>

#include "campaigns/curve.h"
#include "campaigns/stored.h"
#include "core/base/checked.h"
#include "metrics/share.h"

enum { CHANGES_READ = 500, TRIES_MAX = 12 };

static const struct field rates_fields[] = {
	FIELD(struct snapshot_rates, open_rate, .unit = "fraction of sent"),
	FIELD(struct snapshot_rates, click_rate, .unit = "fraction of sent"),
	FIELD(struct snapshot_rates, bounce_rate, .unit = "fraction of sent"),
};
static const struct record_type rates_record = RECORD_TYPE("SnapshotRates", struct snapshot_rates, rates_fields);

static const struct field snapshot_fields[] = {
	FIELD(struct snapshot, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct snapshot, campaign_id, .flags = FIELD_ID),
	FIELD(struct snapshot, run_id, .flags = FIELD_ID),
	FIELD(struct snapshot, source, .doc = "The call that brought the figures"),
	FIELD(struct snapshot, snapshot_time),
	FIELD_RECORD(struct snapshot, metrics, metrics_record),
	FIELD_RECORD(struct snapshot, rates, rates_record),
	FIELD(struct snapshot, decreased, .doc = "A counter that was higher before"),
	FIELD(struct snapshot, opened_change, .unit = "people", .doc = "Against the snapshot before"),
	FIELD(struct snapshot, clicked_change, .unit = "people", .doc = "Against the snapshot before"),
	FIELD(struct snapshot, unsubscribed_change, .unit = "people", .doc = "Against the snapshot before"),
};
const struct record_type snapshot_record = RECORD_TYPE("Snapshot", struct snapshot, snapshot_fields);

static double fraction(int64_t part, int64_t of) {
	return metric_or_zero(share_fraction(part, of));
}

struct snapshot snapshot_of(const char *campaign_id, const char *run_id, const struct metrics *metrics,
                            struct moment at) {
	struct snapshot snapshot = { .campaign_id = campaign_id,
		                         .run_id = run_id,
		                         .snapshot_time = at,
		                         .metrics = *metrics,
		                         .opened_change = COUNT_NONE,
		                         .clicked_change = COUNT_NONE,
		                         .unsubscribed_change = COUNT_NONE };
	snapshot.rates.open_rate = fraction(metrics->opened, metrics->sent);
	snapshot.rates.click_rate = fraction(metrics->clicked, metrics->sent);
	snapshot.rates.bounce_rate = fraction(metrics->bounced, metrics->sent);
	return snapshot;
}

/* If a crash came between snapshot and state, the snapshot that this run has already written stands. */
static bool append_snapshot(struct store *store, struct snapshot *snapshot, struct arena *arena, struct error *err) {
	bool was_there, found;
	if (!store_insert_once(store, SNAPSHOTS, &snapshot_record, snapshot, &was_there, err) || !was_there)
		return !was_there;
	return store_find(store, SNAPSHOTS,
	                  FILTER(eq_id("campaign_id", snapshot->campaign_id), eq_id("run_id", snapshot->run_id)), NULL,
	                  &snapshot_record, arena, snapshot, &found, err);
}

static bool lacks_figures(const struct campaign *campaign) {
	return campaign->summary_unread > 0 || campaign->links_clicked != campaign->current_metrics.clicked_total;
}

static int64_t tries_so_far(const struct campaign *campaign) {
	return campaign->figures_tries == COUNT_NONE ? 0
	       : campaign->figures_tries > TRIES_MAX ? TRIES_MAX
	                                             : campaign->figures_tries;
}

int64_t campaign_figures_wait(const struct campaign *campaign) {
	int64_t tries = tries_so_far(campaign);
	return !lacks_figures(campaign) ? INT64_MAX : tries == 0 ? 0 : (int64_t)HOUR_MS << (tries - 1);
}

static bool save_state(struct store *store, const struct campaign *campaign, const struct snapshot *snapshot,
                       const char *decreased, const struct summary *summary, bool changed, struct error *err) {
	bool again = campaign->has_report && lacks_figures(campaign), matched;
	return store_update(store, CAMPAIGNS, FILTER(by_id(campaign->id)),
	                    UPDATE(set_nested("current_metrics", &metrics_record, &snapshot->metrics),
	                           set_bool("has_report", true), unset("report_gap"),
	                           changed ? set_moment("last_updated", snapshot->snapshot_time) : no_edit(),
	                           changed ? set_text("decreased", decreased) : no_edit(),
	                           set_id("summary_run", snapshot->run_id), set_moment("summary_read_at", summary->at),
	                           set_count("summary_unread", summary->unread ? summary->unread : COUNT_NONE),
	                           set_count("figures_tries", again ? tries_so_far(campaign) + 1 : COUNT_NONE),
	                           CAMPAIGN_CHANGED),
	                    &matched, err);
}

static void put_change(struct snapshot *snapshot, const struct metrics *before) {
	snapshot->opened_change = checked_difference(snapshot->metrics.opened, before->opened);
	snapshot->clicked_change = checked_difference(snapshot->metrics.clicked, before->clicked);
	snapshot->unsubscribed_change = checked_difference(snapshot->metrics.unsubscribed, before->unsubscribed);
}

/* The newest snapshot must be the last in order, too, even if the clock was set back. */
static struct moment after_newest(const struct campaign *campaign, struct moment at) {
	bool is_later = !moment_is_set(campaign->last_updated) || at.ms > campaign->last_updated.ms;
	return is_later ? at : moment_add(campaign->last_updated, 1);
}

bool campaign_save_summary(struct store *store, const struct campaign *campaign, const char *run_id,
                           const struct summary *summary, struct arena *arena, bool *changed, struct error *err) {
	const struct metrics *metrics = &summary->metrics;
	struct snapshot snapshot = snapshot_of(campaign->id, run_id, metrics, after_newest(campaign, summary->at));
	const char *decreased = campaign->has_report ? metrics_decreased(&campaign->current_metrics, metrics) : NULL;
	*changed = !campaign->has_report || !metrics_equal(&campaign->current_metrics, metrics);
	if (*changed) {
		snapshot.id = store_new_id(arena);
		snapshot.decreased = decreased;
		if (campaign->has_report)
			put_change(&snapshot, &campaign->current_metrics);
		snapshot.source = campaign->origin == CAMPAIGN_OWN
		                      ? "telltale-sender"
		                      : arena_print(arena, "GET /campaigns/%s/reports/summary", campaign->external.id);
		if (!append_snapshot(store, &snapshot, arena, err) || !curve_save(store, &snapshot, arena, err))
			return false;
	}
	return save_state(store, campaign, &snapshot, decreased, summary, *changed, err);
}

bool campaign_save_gap(struct store *store, const char *campaign_id, const char *run_id, const char *why,
                       struct error *err) {
	bool matched;
	return store_update(store, CAMPAIGNS, FILTER(by_id(campaign_id)),
	                    UPDATE(set_text("report_gap", why), set_id("summary_run", run_id), CAMPAIGN_CHANGED), &matched,
	                    err);
}

bool campaign_restore_snapshots(struct store *store, const struct rows *snapshots, struct error *err) {
	const struct snapshot *items = snapshots->items;
	struct bulk *bulk = bulk_open(store, SNAPSHOTS);
	for (int i = 0; i < snapshots->count; i++)
		bulk_insert(bulk, &snapshot_record, &items[i]);
	return bulk_run(bulk, NULL, err);
}

bool campaign_find_snapshots(struct store *store, const char *campaign_id, struct moment as_of, bool newest_first,
                             const char *cursor, int limit, struct arena *arena, struct page *page, struct error *err) {
	struct page_query query = {
		.filter = FILTER(eq_id("campaign_id", campaign_id),
		                 moment_is_set(as_of) ? lte_moment("snapshot_time", as_of) : anything()),
		.by = "snapshot_time",
		.descending = newest_first,
		.cursor = cursor,
		.limit = limit,
	};
	return store_page(store, SNAPSHOTS, &query, &snapshot_record, arena, page, err);
}

static int64_t size_of_change(const struct snapshot *snapshot) {
	if (snapshot->opened_change == COUNT_NONE)
		return checked_sum(snapshot->metrics.opened, snapshot->metrics.clicked);
	return checked_sum(snapshot->opened_change, snapshot->clicked_change);
}

static int greatest_first(const void *a, const void *b) {
	const struct snapshot *one = a, *other = b;
	int64_t x = size_of_change(one), y = size_of_change(other);
	return x != y ? (x < y) - (x > y) : strcmp(one->id, other->id);
}

static bool name_changes(struct store *store, struct campaign_change *changes, int count, struct arena *arena,
                         struct error *err) {
	struct campaign *campaigns;
	struct strings ids = { .items = arena_array(arena, const char *, (size_t)count + 1), .count = count };
	int found = 0;
	for (int i = 0; i < count; i++)
		ids.items[i] = changes[i].snapshot->campaign_id;
	if (count && !store_list(store, CAMPAIGNS, FILTER(in_ids("_id", &ids)), NULL, count, &campaign_record, arena,
	                         (void **)&campaigns, &found, err))
		return false;
	for (int i = 0; i < count; i++)
		for (int j = 0; j < found; j++)
			if (text_same(campaigns[j].id, changes[i].snapshot->campaign_id)) {
				changes[i].id = campaigns[j].id;
				changes[i].name = campaigns[j].name;
			}
	return true;
}

bool campaign_changes(struct store *store, const char *run_id, int limit, struct arena *arena,
                      struct campaign_change **changes, int *count, struct error *err) {
	struct snapshot *snapshots;
	int found;
	*count = 0;
	if (!store_list(store, SNAPSHOTS, FILTER(eq_id("run_id", run_id)), SORT(asc("_id")), CHANGES_READ, &snapshot_record,
	                arena, (void **)&snapshots, &found, err))
		return false;
	qsort(snapshots, (size_t)found, sizeof *snapshots, greatest_first);
	*changes = arena_array(arena, struct campaign_change, limit + 1);
	for (; *count < found && *count < limit; ++*count)
		(*changes)[*count].snapshot = &snapshots[*count];
	return name_changes(store, *changes, *count, arena, err);
}
