/* The worker's cache of campaigns. */
#include "campaigns/cache.h"

#include "core/store/version.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/stored.h"

/* Changes are searched from this long before the newest one: a write is stamped before others can see it. */
#define OVERLAP_MS (60 * INT64_C(1000))

enum { CAMPAIGNS_MAX = 1000000, REFRESHED_SHARE = 4 };

/* Replaced rows stay in the arena until everything is reread. */
static struct {
	struct store *store;
	struct arena *arena;
	struct campaign *rows;
	GHashTable *by_id; /* once it has been asked for since the rows were renewed, else NULL */
	int count, replaced;
	struct versions observed;
	struct moment newest; /* changed_at */
} cache;

int campaign_newest_first(const void *a, const void *b) {
	const struct campaign *x = a, *y = b;
	return x->sort_sent != y->sort_sent ? (x->sort_sent < y->sort_sent) - (x->sort_sent > y->sort_sent)
	                                    : strcmp(y->id, x->id);
}

static void note_change(const struct campaign *campaign) {
	if (moment_is_set(campaign->changed_at) &&
	    (!moment_is_set(cache.newest) || campaign->changed_at.ms > cache.newest.ms))
		cache.newest = campaign->changed_at;
}

static bool read_all(struct store *store, struct error *err) {
	struct campaign *rows;
	int count;
	arena_free(cache.arena);
	cache.arena = arena_new();
	cache.count = cache.replaced = 0;
	cache.newest = MOMENT_NONE;
	cache.store = NULL;
	if (!store_list(store, CAMPAIGNS, &everything, NULL, CAMPAIGNS_MAX, &campaign_record, cache.arena, (void **)&rows,
	                &count, err))
		return false;
	cache.rows = rows;
	cache.count = count;
	for (int i = 0; i < count; i++)
		note_change(&rows[i]);
	cache.store = store;
	return true;
}

/* Index of rows by id. */
static GHashTable *index_rows(void) {
	GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);
	for (int i = 0; i < cache.count; i++)
		(void)g_hash_table_insert(index, (gpointer)(uintptr_t)cache.rows[i].id, &cache.rows[i]);
	return index;
}

struct changes {
	GHashTable *index;
	struct arena *arena;
	struct strings ids; /* of rows that are new or whose stamp differs from the cached one */
	int room;
};

/* The number of changes to a campaign. */
struct stamp {
	const char *id;
	int64_t changes;
};
static const struct field stamp_fields[] = {
	FIELD(struct stamp, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct stamp, changes),
};
static const struct record_type stamp_record = RECORD_TYPE("CampaignStamp", struct stamp, stamp_fields);

static void take_stamp(void *context, const void *object) {
	struct changes *changes = context;
	const struct stamp *stamp = object;
	const struct campaign *row = stamp->id ? g_hash_table_lookup(changes->index, stamp->id) : NULL;
	if (!stamp->id || (row && row->changes == stamp->changes))
		return;
	if (changes->ids.count == changes->room) {
		int room = changes->room ? 2 * changes->room : 64;
		const char **more = arena_array(changes->arena, const char *, (size_t)room);
		if (changes->ids.count)
			memcpy(more, changes->ids.items, sizeof *more * (size_t)changes->ids.count);
		changes->ids.items = more;
		changes->room = room;
	}
	changes->ids.items[changes->ids.count++] = arena_copy(changes->arena, stamp->id);
}

static bool find_changes(struct store *store, struct changes *changes, struct error *err) {
	return store_each(store, CAMPAIGNS, FILTER(gte_moment("changed_at", moment_add(cache.newest, -OVERLAP_MS))),
	                  &stamp_record, take_stamp, changes, err);
}

/* Merges the rows: replaces cached ones and adds new ones. */
static void put_rows(GHashTable *index, const struct campaign *rows, int count) {
	int fresh = 0;
	for (int i = 0; i < count; i++) {
		struct campaign *row = g_hash_table_lookup(index, rows[i].id);
		note_change(&rows[i]);
		if (row)
			*row = rows[i];
		fresh += row == NULL;
	}
	cache.replaced += count - fresh;
	if (!fresh)
		return;
	struct campaign *more = arena_array(cache.arena, struct campaign, (size_t)(cache.count + fresh));
	if (cache.count)
		memcpy(more, cache.rows, sizeof *more * (size_t)cache.count);
	cache.rows = more;
	for (int i = 0; i < count; i++)
		if (!g_hash_table_contains(index, rows[i].id))
			cache.rows[cache.count++] = rows[i];
}

static bool read_changed(struct store *store, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct changes changes = { .index = index_rows(), .arena = arena };
	struct campaign *rows;
	int count = 0;
	bool fine = find_changes(store, &changes, err);
	if (fine && changes.ids.count) {
		fine = store_list(store, CAMPAIGNS, FILTER(in_ids("_id", &changes.ids)), NULL, CAMPAIGNS_MAX, &campaign_record,
		                  cache.arena, (void **)&rows, &count, err);
		if (fine)
			put_rows(changes.index, rows, count);
	}
	g_hash_table_destroy(changes.index);
	return fine;
}

/* Totals over all campaigns: their number and that of their changes. */
struct total {
	int64_t campaigns, changes;
};
static const struct field total_fields[] = { FIELD(struct total, changes) };
static const struct record_type total_record = RECORD_TYPE("CampaignTotal", struct total, total_fields);

static bool read_total(struct store *store, struct total *total, struct error *err) {
	return store_sum(store, CAMPAIGNS, &everything, &total_record, total, &total->campaigns, err);
}

/* False if some have been deleted, or if a change lies outside the searched time because the database's clock was set
 * back. More may have changed since the total was read. */
static bool holds_all(const struct total *total) {
	int64_t changes = 0;
	for (int i = 0; i < cache.count; i++)
		changes += cache.rows[i].changes == COUNT_NONE ? 0 : cache.rows[i].changes;
	return cache.count == total->campaigns && changes >= total->changes;
}

static void forget_index(void) {
	if (cache.by_id)
		g_hash_table_destroy(cache.by_id);
	cache.by_id = NULL;
}

static bool renew(struct store *store, struct error *err) {
	forget_index();
	bool whole = cache.store == store && moment_is_set(cache.newest) && cache.replaced <= cache.count / REFRESHED_SHARE;
	struct total total;
	if (whole) {
		if (!read_total(store, &total, err) || !read_changed(store, err))
			return false;
		whole = holds_all(&total);
	}
	if (!whole && !read_all(store, err))
		return false;
	qsort(cache.rows, (size_t)cache.count, sizeof *cache.rows, campaign_newest_first);
	cache.observed = *store_observed(store);
	return true;
}

/* Campaigns depend on what a sync reads and on what people set and compose. */
static bool still_holds(const struct versions *now) {
	return versions_same(&cache.observed, now, REALM_FIGURES | REALM_PARTNERS | REALM_CAMPAIGNS);
}

bool campaign_cache_read(struct store *store, const struct campaign **campaigns, int *count, struct error *err) {
	if ((cache.store != store || !still_holds(store_observed(store))) && !renew(store, err))
		return false;
	*campaigns = cache.rows;
	*count = cache.count;
	return true;
}

bool campaign_cache_find(struct store *store, const char *id, const struct campaign **campaign, struct error *err) {
	int count;
	if (!campaign_cache_read(store, campaign, &count, err))
		return false;
	if (!cache.by_id)
		cache.by_id = index_rows();
	*campaign = id ? g_hash_table_lookup(cache.by_id, id) : NULL;
	return true;
}
