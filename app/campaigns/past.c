/* Campaigns as they were known at a past moment. */
#include "campaigns/past.h"

#include <glib.h>

#include "campaigns/listed.h"
#include "campaigns/stored.h"

/* Rows of a history, the newest one up to a moment for each campaign. */
struct pasts {
	struct rows rows;
	GHashTable *by_campaign; /* campaign_id -> row */
};

/* One query, sorted as the index is. `by` is the member with a row's time. */
static bool find_newest(struct store *store, const char *history, const char *by, const struct record_type *record,
                        const struct strings *ids, struct moment as_of, struct arena *arena, struct rows *found,
                        struct error *err) {
	BSON_AUTO stages = BCON_NEW("0", "{", "$sort", "{", "campaign_id", BCON_INT32(1), by, BCON_INT32(-1), "_id",
	                            BCON_INT32(-1), "}", "}", "1", "{", "$group", "{", "_id", BCON_UTF8("$campaign_id"),
	                            "newest", "{", "$first", BCON_UTF8("$$ROOT"), "}", "}", "}", "2", "{", "$replaceRoot",
	                            "{", "newRoot", BCON_UTF8("$newest"), "}", "}");
	return store_aggregate_rows(store, history, FILTER(in_ids("campaign_id", ids), lte_moment(by, as_of)), stages,
	                            record, arena, found, err);
}

static const char *campaign_of_row(const struct record_type *record, const void *row) {
	const struct field *field = record_field_stored(record, "campaign_id");
	return *(const char *const *)((const char *)row + field->offset);
}

static bool find_pasts(struct store *store, const char *history, const char *by, const struct record_type *record,
                       const struct strings *ids, struct moment as_of, struct arena *arena, struct pasts *pasts,
                       struct error *err) {
	if (ids->count && !find_newest(store, history, by, record, ids, as_of, arena, &pasts->rows, err))
		return false;
	for (int i = 0; i < pasts->rows.count; i++) {
		char *row = (char *)pasts->rows.items + record->size * (size_t)i;
		const char *id = campaign_of_row(record, row);
		if (id)
			(void)g_hash_table_insert(pasts->by_campaign, (gpointer)(uintptr_t)id, row);
	}
	return true;
}

static struct pasts pasts_new(void) {
	return (struct pasts){ .by_campaign = g_hash_table_new(g_str_hash, g_str_equal) };
}

static bool is_later(struct moment at, struct moment as_of) {
	return moment_is_set(at) && at.ms > as_of.ms;
}

static struct strings ids_of(const struct campaign *campaigns, int count, struct moment as_of,
                             bool (*is_asked)(const struct campaign *campaign, struct moment as_of),
                             struct arena *arena) {
	struct strings ids = { arena_array(arena, const char *, (size_t)count + 1), 0 };
	for (int i = 0; i < count; i++)
		if (is_asked(&campaigns[i], as_of))
			ids.items[ids.count++] = campaigns[i].id;
	return ids;
}

/* Campaigns whose state or figures have not changed since need no look into the history. */
static bool has_other_state(const struct campaign *campaign, struct moment as_of) {
	return is_later(campaign->listed_since, as_of);
}

static bool has_other_figures(const struct campaign *campaign, struct moment as_of) {
	return campaign->has_report && (!moment_is_set(campaign->last_updated) || is_later(campaign->last_updated, as_of));
}

/* An inferred state may say that a campaign was sent at a moment that was yet to come. */
static void forget_future(struct campaign *campaign, struct moment as_of) {
	if (!is_later(campaign->sent_at, as_of))
		return;
	if (campaign->status == CAMPAIGN_SENT || campaign->status == CAMPAIGN_SENDING)
		campaign->status = CAMPAIGN_DRAFT;
	campaign->provider_status = NULL;
	campaign->sent_at = MOMENT_NONE;
	campaign->sort_sent = 0;
}

/* What describes the newest reading, of which there is no history. */
static void forget_reading(struct campaign *campaign) {
	campaign->synced_at = campaign->summary_read_at = campaign->changed_at = MOMENT_NONE;
	campaign->seen_run = campaign->summary_run = campaign->report_gap = campaign->links_gap = NULL;
	campaign->engagement_read = campaign->engagement_named = (struct engagement_read){ COUNT_NONE, COUNT_NONE,
		                                                                               COUNT_NONE, COUNT_NONE,
		                                                                               COUNT_NONE };
	campaign->links_clicked = COUNT_NONE;
}

/* Leaves those that were known then, in the state that they had. */
static bool put_states(struct store *store, struct moment as_of, struct arena *arena, struct campaign *campaigns,
                       int *count, struct error *err) {
	struct strings ids = ids_of(campaigns, *count, as_of, has_other_state, arena);
	struct pasts pasts = pasts_new();
	int known = 0;
	bool fine = find_pasts(store, LISTED_STATES, "since", &listed_state_record, &ids, as_of, arena, &pasts, err);
	for (int i = 0; fine && i < *count; i++) {
		const struct listed_state *state = g_hash_table_lookup(pasts.by_campaign, campaigns[i].id);
		bool is_known = has_other_state(&campaigns[i], as_of) ? state != NULL
		                                                      : store_id_moment(campaigns[i].id).ms <= as_of.ms;
		if (!is_known)
			continue;
		campaigns[known] = campaigns[i];
		if (state)
			listed_copy(&campaigns[known], &state->campaign);
		if (state ? state->inferred : !moment_is_set(campaigns[known].listed_since))
			forget_future(&campaigns[known], as_of);
		if (is_later(campaigns[known].gone_at, as_of))
			campaigns[known].gone_at = MOMENT_NONE;
		forget_reading(&campaigns[known++]);
	}
	*count = known;
	g_hash_table_destroy(pasts.by_campaign);
	return fine;
}

static void put_snapshot(struct campaign *campaign, const struct snapshot *past) {
	struct campaign none;
	record_clear(&campaign_record, &none);
	campaign->has_report = past != NULL;
	campaign->decreased = past ? past->decreased : NULL;
	campaign->last_updated = past ? past->snapshot_time : MOMENT_NONE;
	campaign->current_metrics = past ? past->metrics : none.current_metrics;
}

static bool put_figures(struct store *store, struct moment as_of, struct arena *arena, struct campaign *campaigns,
                        int count, struct error *err) {
	struct strings ids = ids_of(campaigns, count, as_of, has_other_figures, arena);
	struct pasts pasts = pasts_new();
	bool fine = find_pasts(store, SNAPSHOTS, "snapshot_time", &snapshot_record, &ids, as_of, arena, &pasts, err);
	for (int i = 0; fine && i < count; i++)
		if (has_other_figures(&campaigns[i], as_of))
			put_snapshot(&campaigns[i], g_hash_table_lookup(pasts.by_campaign, campaigns[i].id));
	g_hash_table_destroy(pasts.by_campaign);
	return fine;
}

/* Own campaigns have no history. */
static void drop_own(struct campaign *campaigns, int *count) {
	int kept = 0;
	for (int i = 0; i < *count; i++)
		if (campaigns[i].origin != CAMPAIGN_OWN)
			campaigns[kept++] = campaigns[i];
	*count = kept;
}

bool campaign_as_of(struct store *store, struct moment as_of, struct arena *arena, struct campaign *campaigns,
                    int *count, struct error *err) {
	drop_own(campaigns, count);
	return put_states(store, as_of, arena, campaigns, count, err) &&
	       put_figures(store, as_of, arena, campaigns, *count, err);
}

bool campaign_links_at(struct store *store, const struct strings *campaign_ids, struct moment as_of,
                       struct arena *arena, struct link_report **reports, int *count, struct error *err) {
	struct rows found = { 0 };
	if (!moment_is_set(as_of))
		return campaign_find_links(store, campaign_ids, arena, reports, count, err);
	if (campaign_ids->count && !find_newest(store, LINK_REPORTS, "snapshot_time", &link_report_record, campaign_ids,
	                                        as_of, arena, &found, err))
		return false;
	*reports = found.items;
	*count = found.count;
	return true;
}

bool curve_at(struct store *store, const struct campaign *campaign, struct moment as_of, struct arena *arena,
              struct curve *curve, struct error *err) {
	if (!curve_find(store, campaign->id, arena, curve, err))
		return false;
	const struct curve_point *points = curve->points.items;
	if (!moment_is_set(as_of) || curve->points.count == 0 || points[curve->points.count - 1].time.ms <= as_of.ms)
		return true;
	return curve_of_history(store, campaign->id, as_of, arena, curve, err);
}
