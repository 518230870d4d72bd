/* Which campaigns, and what they were at a moment. */
#include <string.h>

#include "campaigns/kept.h"

enum { EVERY = 100000 };

/* The second in which an ObjectId was made, here: when the campaign was first seen. */
static struct moment first_seen(const char *id) {
	bson_oid_t oid;
	if (!id || !bson_oid_is_valid(id, strlen(id)))
		return MOMENT_NONE;
	bson_oid_init_from_string(&oid, id);
	return (struct moment){ (int64_t)bson_oid_get_time_t(&oid) * SECOND_MS };
}

static bool find_snapshot_at(struct store *store, const char *campaign_id, struct moment as_of, struct arena *arena,
                             struct snapshot *snapshot, bool *found, struct error *err) {
	bson_t *filter = BCON_NEW("campaign_id", BCON_UTF8(campaign_id), "snapshot_time", "{", "$lte",
	                          BCON_DATE_TIME(as_of.ms), "}");
	bson_t *options = BCON_NEW("sort", "{", "snapshot_time", BCON_INT32(-1), "_id", BCON_INT32(-1), "}");
	bool fine = store_find(store, "campaign_metrics_snapshots", filter, options, &snapshot_record, arena, snapshot,
	                       found, err);
	bson_destroy(filter);
	bson_destroy(options);
	return fine;
}

bool campaign_at(struct store *store, struct campaign *campaign, struct moment as_of, struct arena *arena, bool *known,
                 struct error *err) {
	struct snapshot snapshot;
	bool found = false;
	*known = first_seen(campaign->id).ms <= as_of.ms;
	if (!*known)
		return true;
	if (moment_is_set(campaign->sent_at) && campaign->sent_at.ms > as_of.ms)
		campaign->status = CAMPAIGN_DRAFT;
	/* What has not changed since is what it was. */
	if (!campaign->has_report || (moment_is_set(campaign->last_updated) && campaign->last_updated.ms <= as_of.ms))
		return true;
	if (!find_snapshot_at(store, campaign->emailoctopus_id, as_of, arena, &snapshot, &found, err))
		return false;
	campaign->has_report = found;
	campaign->fallen = found ? snapshot.fallen : NULL;
	campaign->last_updated = found ? snapshot.snapshot_time : MOMENT_NONE;
	if (found)
		campaign->current_metrics = snapshot.metrics;
	return true;
}

bool campaign_turn_back(struct store *store, struct moment as_of, struct arena *arena, struct campaign *campaigns,
                        int *count, struct error *err) {
	int kept = 0;
	for (int i = 0; i < *count; i++) {
		bool known;
		if (!campaign_at(store, &campaigns[i], as_of, arena, &known, err))
			return false;
		if (known)
			campaigns[kept++] = campaigns[i];
	}
	*count = kept;
	return true;
}

static bool is_wanted(const struct campaign *campaign, const struct campaign_filter *wanted) {
	return (!moment_is_set(wanted->from) || campaign->sort_sent >= wanted->from.ms) &&
	       (!moment_is_set(wanted->to) || campaign->sort_sent < wanted->to.ms) &&
	       (text_is_empty(wanted->list) || strings_have(&campaign->list_ids, wanted->list)) &&
	       (!wanted->reported || campaign->has_report);
}

/* Out of what the worker keeps. */
static bool select_kept(struct store *store, const struct campaign_filter *wanted, struct arena *arena,
                        struct campaign **campaigns, int *count, struct error *err) {
	const struct campaign *rows;
	int all, limit = wanted->limit ? wanted->limit : EVERY;
	if (!kept_campaigns(store, &rows, &all, err))
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
	                                                      : select_kept(store, wanted, arena, campaigns, count, err);
	return fine &&
	       (!moment_is_set(wanted->as_of) || campaign_turn_back(store, wanted->as_of, arena, *campaigns, count, err));
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
