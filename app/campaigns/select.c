/* Which campaigns, and what they were at a moment. */
#include <glib.h>
#include <string.h>

#include "campaigns/cache.h"

enum { EVERY = 100000 };

/* The second in which an ObjectId was made, here: when the campaign was first seen. */
static struct moment first_seen(const char *id) {
	bson_oid_t oid;
	if (!id || !bson_oid_is_valid(id, strlen(id)))
		return MOMENT_NONE;
	bson_oid_init_from_string(&oid, id);
	return (struct moment){ (int64_t)bson_oid_get_time_t(&oid) * SECOND_MS };
}

struct pasts {
	struct arena *arena;
	GHashTable *snapshots; /* by campaign_id */
};

static void take_snapshot(void *context, const bson_t *document) {
	struct pasts *pasts = context;
	struct snapshot *snapshot = arena_new_of(pasts->arena, struct snapshot);
	record_from_bson(&snapshot_record, document, pasts->arena, snapshot);
	if (snapshot->campaign_id)
		(void)g_hash_table_insert(pasts->snapshots, (gpointer)(uintptr_t)snapshot->campaign_id, snapshot);
}

/* The newest snapshot up to `as_of` of each of these campaigns, in one question: the index has them in this order. */
static bool find_pasts(struct store *store, const struct strings *ids, struct moment as_of, struct pasts *pasts,
                       struct error *err) {
	bson_t *among = store_filter_in("campaign_id", ids);
	bson_t *until = BCON_NEW("snapshot_time", "{", "$lte", BCON_DATE_TIME(as_of.ms), "}");
	bson_concat(among, until);
	bson_t *pipeline = BCON_NEW("pipeline", "[", "{", "$match", BCON_DOCUMENT(among), "}", "{", "$sort", "{",
	                            "campaign_id", BCON_INT32(1), "snapshot_time", BCON_INT32(-1), "_id", BCON_INT32(-1),
	                            "}", "}", "{", "$group", "{", "_id", BCON_UTF8("$campaign_id"), "newest", "{", "$first",
	                            BCON_UTF8("$$ROOT"), "}", "}", "}", "{", "$replaceRoot", "{", "newRoot",
	                            BCON_UTF8("$newest"), "}", "}", "]");
	bool fine = store_aggregate(store, "campaign_metrics_snapshots", pipeline, take_snapshot, pasts, err);
	bson_destroy(among);
	bson_destroy(until);
	bson_destroy(pipeline);
	return fine;
}

/* What has not changed since is what it was. */
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
		if (first_seen(campaigns[i].id).ms > as_of.ms)
			continue;
		*campaign = campaigns[i];
		known++;
		if (moment_is_set(campaign->sent_at) && campaign->sent_at.ms > as_of.ms)
			campaign->status = CAMPAIGN_DRAFT;
		if (has_changed_since(campaign, as_of))
			changed.items[changed.count++] = campaign->emailoctopus_id;
	}
	*count = known;
	if (!changed.count)
		return true;
	struct pasts pasts = { arena, g_hash_table_new(g_str_hash, g_str_equal) };
	bool fine = find_pasts(store, &changed, as_of, &pasts, err);
	for (int i = 0; fine && i < known; i++)
		if (has_changed_since(&campaigns[i], as_of))
			set_as_of(&campaigns[i], g_hash_table_lookup(pasts.snapshots, campaigns[i].emailoctopus_id));
	g_hash_table_destroy(pasts.snapshots);
	return fine;
}

static bool is_wanted(const struct campaign *campaign, const struct campaign_filter *wanted) {
	return (!moment_is_set(wanted->from) || campaign->sort_sent >= wanted->from.ms) &&
	       (!moment_is_set(wanted->to) || campaign->sort_sent < wanted->to.ms) &&
	       (text_is_empty(wanted->list) || strings_have(&campaign->list_ids, wanted->list)) &&
	       (!wanted->reported || campaign->has_report);
}

/* Out of what the worker keeps. */
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
	bson_t filter = BSON_INITIALIZER, range;
	bson_t *sort = BCON_NEW("sort_sent", BCON_INT32(-1), "_id", BCON_INT32(-1));
	if (moment_is_set(wanted->from) || moment_is_set(wanted->to)) {
		BSON_APPEND_DOCUMENT_BEGIN(&filter, "sort_sent", &range);
		if (moment_is_set(wanted->from))
			BSON_APPEND_INT64(&range, "$gte", wanted->from.ms);
		if (moment_is_set(wanted->to))
			BSON_APPEND_INT64(&range, "$lt", wanted->to.ms);
		bson_append_document_end(&filter, &range);
	}
	if (!text_is_empty(wanted->list))
		BSON_APPEND_UTF8(&filter, "list_ids", wanted->list);
	if (wanted->reported)
		BSON_APPEND_BOOL(&filter, "has_report", true);
	bool fine = store_list(store, "campaigns", &filter, sort, wanted->limit ? wanted->limit : EVERY, &campaign_record,
	                       arena, (void **)campaigns, count, err);
	bson_destroy(&filter);
	bson_destroy(sort);
	return fine;
}

bool campaign_select(struct store *store, const struct campaign_filter *wanted, struct arena *arena,
                     struct campaign **campaigns, int *count, struct error *err) {
	bool fine = store_observed(store) == STORE_UNOBSERVED ? select_stored(store, wanted, arena, campaigns, count, err)
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
