/* Selecting campaigns, now or as of a past moment. */
#include <stdlib.h>
#include <string.h>

#include "campaigns/cache.h"
#include "campaigns/past.h"
#include "campaigns/stored.h"
#include "core/store/version.h"

enum { EVERY = 100000 };

/* Has the provider the campaign, or had it then? */
static bool is_there(const struct campaign *campaign, struct moment as_of) {
	return !moment_is_set(campaign->gone_at) || (moment_is_set(as_of) && campaign->gone_at.ms > as_of.ms);
}

/* Own ones count like all others once something of them is sent. */
static bool is_of_wanted_origin(const struct campaign *campaign, const struct campaign_filter *wanted) {
	return campaign->origin != CAMPAIGN_OWN || (!wanted->observed && (wanted->own || campaign_counts(campaign)));
}

static bool is_wanted(const struct campaign *campaign, const struct campaign_filter *wanted) {
	return (!moment_is_set(wanted->from) || campaign->sort_sent >= wanted->from.ms) &&
	       (!moment_is_set(wanted->to) || campaign->sort_sent < wanted->to.ms) &&
	       (text_is_empty(wanted->list) || strings_have(&campaign->list_ids, wanted->list)) &&
	       (!wanted->reported || campaign->has_report) && is_of_wanted_origin(campaign, wanted) &&
	       (wanted->gone || is_there(campaign, wanted->as_of));
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
	                         wanted->reported ? eq_bool("has_report", true) : anything(),
	                         wanted->own && !wanted->observed
	                             ? anything()
	                             : ANY_OF(ne_choice("origin", &campaign_origins, CAMPAIGN_OWN),
	                                      wanted->observed ? eq_id("_id", NULL) : gt_count("current_metrics.sent", 0)),
	                         wanted->gone ? anything()
	                                      : ANY_OF(is_absent("gone_at"), gt_moment("gone_at", wanted->as_of))),
	                  SORT(desc("sort_sent"), desc("_id")), wanted->limit ? wanted->limit : EVERY, &campaign_record,
	                  arena, (void **)campaigns, count, err);
}

static bool select_now(struct store *store, const struct campaign_filter *wanted, struct arena *arena,
                       struct campaign **campaigns, int *count, struct error *err) {
	return store_observed(store) ? select_cached(store, wanted, arena, campaigns, count, err)
	                             : select_stored(store, wanted, arena, campaigns, count, err);
}

/* Any campaign may have been another one then: the filter, order and limit are those of that time. */
static bool select_past(struct store *store, const struct campaign_filter *wanted, struct arena *arena,
                        struct campaign **campaigns, int *count, struct error *err) {
	struct campaign_filter every = CAMPAIGN_EVERY;
	every.gone = true;
	every.observed = true;
	int all, limit = wanted->limit ? wanted->limit : EVERY;
	if (!select_now(store, &every, arena, campaigns, &all, err) ||
	    !campaign_as_of(store, wanted->as_of, arena, *campaigns, &all, err))
		return false;
	qsort(*campaigns, (size_t)all, sizeof **campaigns, campaign_newest_first);
	*count = 0;
	for (int i = 0; i < all && *count < limit; i++)
		if (is_wanted(&(*campaigns)[i], wanted))
			(*campaigns)[(*count)++] = (*campaigns)[i];
	return true;
}

bool campaign_select(struct store *store, const struct campaign_filter *wanted, struct arena *arena,
                     struct campaign **campaigns, int *count, struct error *err) {
	return moment_is_set(wanted->as_of) ? select_past(store, wanted, arena, campaigns, count, err)
	                                    : select_now(store, wanted, arena, campaigns, count, err);
}

bool campaign_first_seen(struct store *store, struct arena *arena, struct moment *first, struct error *err) {
	struct campaign_filter every = CAMPAIGN_EVERY;
	const struct campaign *campaigns = NULL;
	struct campaign *stored = NULL;
	int count;
	every.gone = true;
	*first = MOMENT_NONE;
	if (store_observed(store) ? !campaign_cache_read(store, &campaigns, &count, err)
	                          : !select_stored(store, &every, arena, &stored, &count, err))
		return false;
	if (stored)
		campaigns = stored;
	for (int i = 0; campaigns && i < count; i++) {
		if (campaigns[i].origin == CAMPAIGN_OWN)
			continue;
		struct moment seen = store_id_moment(campaigns[i].id);
		if (!moment_is_set(*first) || seen.ms < first->ms)
			*first = seen;
	}
	return true;
}

static bool went_to(const struct campaign *campaign, const struct strings *list_ids, const struct strings *own_ids) {
	return campaign->origin == CAMPAIGN_OWN ? strings_have(own_ids, campaign->id)
	                                        : strings_meet(list_ids, &campaign->list_ids);
}

bool campaign_sum(struct store *store, const struct strings *list_ids, const struct strings *own_ids,
                  struct moment since, struct arena *arena, struct metrics *sum, struct strings *campaign_ids,
                  struct error *err) {
	struct campaign_filter filter = { .from = since, .to = MOMENT_NONE, .as_of = MOMENT_NONE, .reported = true };
	struct campaign *campaigns;
	int all;
	*sum = (struct metrics){ 0 };
	if (!campaign_select(store, &filter, arena, &campaigns, &all, err))
		return false;
	*campaign_ids = (struct strings){ arena_array(arena, const char *, all + 1), 0 };
	for (int i = 0; i < all; i++) {
		if (!went_to(&campaigns[i], list_ids, own_ids))
			continue;
		metrics_add(sum, &campaigns[i].current_metrics);
		campaign_ids->items[campaign_ids->count++] = campaigns[i].id;
	}
	return true;
}
