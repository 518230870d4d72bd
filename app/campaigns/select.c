/* Selecting campaigns, now or as of a past moment. */
#include <glib.h>
#include <string.h>

#include "campaigns/cache.h"
#include "campaigns/history.h"
#include "campaigns/stored.h"
#include "core/store/version.h"

enum { EVERY = 100000 };

struct pasts {
	struct arena *arena;
	GHashTable *snapshots; /* by campaign_id */
};

/* The newest snapshot up to `as_of` of each of these campaigns, in one query, sorted as the index is. */
static bool find_pasts(struct store *store, const struct strings *ids, struct moment as_of, struct pasts *pasts,
                       struct error *err) {
	struct rows found;
	BSON_AUTO stages = BCON_NEW("0", "{", "$sort", "{", "campaign_id", BCON_INT32(1), "snapshot_time", BCON_INT32(-1),
	                            "_id", BCON_INT32(-1), "}", "}", "1", "{", "$group", "{", "_id",
	                            BCON_UTF8("$campaign_id"), "newest", "{", "$first", BCON_UTF8("$$ROOT"), "}", "}", "}",
	                            "2", "{", "$replaceRoot", "{", "newRoot", BCON_UTF8("$newest"), "}", "}");
	if (!store_aggregate_rows(store, SNAPSHOTS, FILTER(in_ids("campaign_id", ids), lte_moment("snapshot_time", as_of)),
	                          stages, &snapshot_record, pasts->arena, &found, err))
		return false;
	struct snapshot *snapshots = found.items;
	for (int i = 0; i < found.count; i++)
		if (snapshots[i].campaign_id)
			(void)g_hash_table_insert(pasts->snapshots, (gpointer)(uintptr_t)snapshots[i].campaign_id, &snapshots[i]);
	return true;
}

/* Unchanged campaigns need no look into the history. */
static bool has_changed_since(const struct campaign *campaign, struct moment as_of) {
	return campaign->has_report && !(moment_is_set(campaign->last_updated) && campaign->last_updated.ms <= as_of.ms);
}

static void set_as_of(struct campaign *campaign, const struct snapshot *past) {
	campaign->has_report = past != NULL;
	campaign->decreased = past ? past->decreased : NULL;
	campaign->last_updated = past ? past->snapshot_time : MOMENT_NONE;
	if (past)
		campaign->current_metrics = past->metrics;
}

bool campaign_as_of(struct store *store, struct moment as_of, struct arena *arena, struct campaign *campaigns,
                    int *count, struct error *err) {
	struct strings changed = { arena_array(arena, const char *, (size_t)*count + 1), 0 };
	int known = 0;
	for (int i = 0; i < *count; i++) {
		struct campaign *campaign = &campaigns[known];
		if (store_id_moment(campaigns[i].id).ms > as_of.ms)
			continue;
		*campaign = campaigns[i];
		known++;
		if (moment_is_set(campaign->sent_at) && campaign->sent_at.ms > as_of.ms)
			campaign->status = CAMPAIGN_DRAFT;
		if (has_changed_since(campaign, as_of))
			changed.items[changed.count++] = campaign->id;
	}
	*count = known;
	if (!changed.count)
		return true;
	struct pasts pasts = { arena, g_hash_table_new(g_str_hash, g_str_equal) };
	bool fine = find_pasts(store, &changed, as_of, &pasts, err);
	for (int i = 0; fine && i < known; i++)
		if (has_changed_since(&campaigns[i], as_of))
			set_as_of(&campaigns[i], g_hash_table_lookup(pasts.snapshots, campaigns[i].id));
	g_hash_table_destroy(pasts.snapshots);
	return fine;
}

static bool is_wanted(const struct campaign *campaign, const struct campaign_filter *wanted) {
	return (!moment_is_set(wanted->from) || campaign->sort_sent >= wanted->from.ms) &&
	       (!moment_is_set(wanted->to) || campaign->sort_sent < wanted->to.ms) &&
	       (text_is_empty(wanted->list) || strings_have(&campaign->list_ids, wanted->list)) &&
	       (!wanted->reported || campaign->has_report);
}

/* From the worker's cache. */
static bool select_cached(struct store *store, const struct campaign_filter *wanted, struct arena *arena,
                          struct campaign **campaigns, int *count, struct error *err) {
	const struct campaign *rows;
	int all, limit = wanted->limit ? wanted->limit : EVERY;
	if (!campaign_cache_read(store, &rows, &all, err))
		return false;
	*campaigns = arena_array(arena, struct campaign, (size_t)(all < limit ? all : limit) + 1);
	*count = 0;
	for (int i = 0; i < all && *count < limit; i++)
		if (is_wanted(&rows[i], wanted))
			(*campaigns)[(*count)++] = rows[i];
	return true;
}

static bool select_stored(struct store *store, const struct campaign_filter *wanted, struct arena *arena,
                          struct campaign **campaigns, int *count, struct error *err) {
	return store_list(store, CAMPAIGNS,
	                  FILTER(moment_is_set(wanted->from) ? gte_count("sort_sent", wanted->from.ms) : anything(),
	                         moment_is_set(wanted->to) ? lt_count("sort_sent", wanted->to.ms) : anything(),
	                         text_is_empty(wanted->list) ? anything() : eq_id("list_ids", wanted->list),
	                         wanted->reported ? eq_bool("has_report", true) : anything()),
	                  SORT(desc("sort_sent"), desc("_id")), wanted->limit ? wanted->limit : EVERY, &campaign_record,
	                  arena, (void **)campaigns, count, err);
}

bool campaign_select(struct store *store, const struct campaign_filter *wanted, struct arena *arena,
                     struct campaign **campaigns, int *count, struct error *err) {
	bool fine = !store_observed(store) ? select_stored(store, wanted, arena, campaigns, count, err)
	                                   : select_cached(store, wanted, arena, campaigns, count, err);
	return fine &&
	       (!moment_is_set(wanted->as_of) || campaign_as_of(store, wanted->as_of, arena, *campaigns, count, err));
}

bool campaign_sum(struct store *store, const struct strings *list_ids, struct moment since, struct arena *arena,
                  struct metrics *sum, int64_t *count, struct error *err) {
	struct campaign_filter filter = { .from = since, .to = MOMENT_NONE, .as_of = MOMENT_NONE, .reported = true };
	struct campaign *campaigns;
	int all;
	*sum = (struct metrics){ 0 };
	*count = 0;
	if (!campaign_select(store, &filter, arena, &campaigns, &all, err))
		return false;
	for (int i = 0; i < all; i++) {
		if (!strings_meet(list_ids, &campaigns[i].list_ids))
			continue;
		metrics_add(sum, &campaigns[i].current_metrics);
		++*count;
	}
	return true;
}
