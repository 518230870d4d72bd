/* Deleting old hits. */
#include "answering/expiring.h"

static const char HITS[] = "hits";

static const struct field place_fields[] = {
	FIELD(struct hit, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct hit, campaign_id, .flags = FIELD_ID),
	FIELD(struct hit, block),
	FIELD(struct hit, hour),
	FIELD(struct hit, at),
};
static const struct record_type place_record = RECORD_TYPE("OldHit", struct hit, place_fields);

static bool drop(struct store *store, const struct hit *like, struct moment before, struct error *err) {
	int64_t deleted;
	return store_delete(store, HITS,
	                    FILTER(eq_id("campaign_id", like->campaign_id),
	                           like->block == COUNT_NONE ? is_absent("block") : eq_count("block", like->block),
	                           like->hour == COUNT_NONE ? is_absent("hour") : eq_count("hour", like->hour),
	                           lt_moment("at", before), ne_bool("waits", true)),
	                    &deleted, err);
}

static bool keep(struct store *store, const struct hit *like, struct moment before, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct folding folding = { .store = store, .campaign_id = like->campaign_id, .now = before };
	return tracked_links_read(store, like->campaign_id, arena, &folding.links, err) &&
	       fold_block_keep(&folding, like->block, before, err);
}

/* An id tells when it was made: there is no index by `at` alone. */
static const char *id_at(struct moment at, struct arena *arena) {
	return arena_print(arena, "%08llx0000000000000000", (unsigned long long)(at.ms / SECOND_MS));
}

bool hits_expire(struct store *store, struct moment before, int places, bool *more, struct error *err) {
	*more = true;
	for (int i = 0; i < places; i++) {
		ARENA_AUTO arena = arena_new();
		struct hit oldest;
		bool found;
		if (!store_find(store, HITS,
		                FILTER(lt_id("_id", id_at(before, arena)), lt_moment("at", before), ne_bool("waits", true)),
		                NULL, &place_record, arena, &oldest, &found, err))
			return false;
		*more = found;
		if (!found)
			return true;
		if ((oldest.block != COUNT_NONE && !keep(store, &oldest, before, err)) || !drop(store, &oldest, before, err))
			return false;
	}
	return true;
}
