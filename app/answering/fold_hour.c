/* Folding who is only counted, and finding the mail of those who unsubscribed. */
#include "answering/fold_block.h"
#include "audience/contacts/alias.h"
#include "dispatch/block.h"

static const char HITS[] = "hits";

/* Hits of an hour that are alike. */
struct alike {
	unsigned kind, judged_as;
	int64_t link, count;
};
static const struct field alike_fields[] = {
	FIELD(struct alike, kind, .choices = &hit_kinds),
	FIELD(struct alike, judged_as, .choices = &hit_classes),
	FIELD(struct alike, link),
	FIELD(struct alike, count),
};
static const struct record_type alike_record = RECORD_TYPE("AlikeHits", struct alike, alike_fields);

static bool count_alike(const struct folding *folding, int64_t hour, struct arena *arena, struct rows *rows,
                        struct error *err) {
	BSON_AUTO stages = BCON_NEW("0", "{", "$group", "{", "_id", "{", "k", BCON_UTF8("$kind"), "j",
	                            BCON_UTF8("$judged_as"), "l", BCON_UTF8("$link"), "}", "count", "{", "$sum",
	                            BCON_INT64(1), "}", "}", "}", "1", "{", "$project", "{", "_id", BCON_INT32(0), "kind",
	                            BCON_UTF8("$_id.k"), "judged_as", BCON_UTF8("$_id.j"), "link", BCON_UTF8("$_id.l"),
	                            "count", BCON_INT32(1), "}", "}");
	return store_aggregate_rows(folding->store, HITS,
	                            FILTER(eq_id("campaign_id", folding->campaign_id), eq_count("hour", hour)), stages,
	                            &alike_record, arena, rows, err);
}

static void take_alike(const struct folding *folding, const struct alike *alike, struct arena *arena,
                       struct answer_block *folded) {
	struct answers *sum = &folded->sum;
	if (alike->kind == HIT_UNSUBSCRIBE) {
		sum->unsubscribed += alike->count;
		return;
	}
	*answers_hits(sum, (enum hit_kind)alike->kind, (enum hit_class)alike->judged_as) += alike->count;
	if (alike->judged_as != HIT_HUMAN)
		return;
	*(alike->kind == HIT_OPEN ? &sum->counted_opens : &sum->counted_clicks) += alike->count;
	if (alike->kind != HIT_CLICK || alike->link == COUNT_NONE)
		return;
	int64_t target = alike->link < folding->links.count ? folding->links.same_as[alike->link] : alike->link;
	answers_add_link(&folded->links, alike->link, 0, alike->count, arena);
	answers_add_link(&folded->targets, target, 0, alike->count, arena);
}

/* Only this job makes hits of an hour, so none comes between counting them and the end of their waiting. */
bool fold_hour(const struct folding *folding, int64_t hour, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct answer_block folded;
	struct rows rows;
	if (!count_alike(folding, hour, arena, &rows, err))
		return false;
	record_clear(&answer_block_record, &folded);
	folded.campaign_id = folding->campaign_id;
	folded.hour = hour;
	folded.rules = JUDGING_RULES;
	folded.folded_at = folding->now;
	folded.sum = (struct answers){ .folded_at = MOMENT_NONE, .told_at = MOMENT_NONE };
	const struct alike *alike = rows.items;
	for (int i = 0; i < rows.count; i++)
		take_alike(folding, &alike[i], arena, &folded);
	return answers_note_due(folding->store, folding->campaign_id, err) &&
	       answer_block_save(folding->store, &folded, err) &&
	       store_update_all(folding->store, HITS,
	                        FILTER(eq_id("campaign_id", folding->campaign_id), eq_count("hour", hour),
	                               eq_bool("waits", true)),
	                        UPDATE(set_bool("waits", false)), err);
}

/* An unsubscribe token names the person: which mail it was is where they stand in the campaign, perhaps under the id of
 * one who was merged into them. */
static bool find_place(struct store *store, struct hit *hit, struct arena *arena, struct error *err) {
	struct strings ids;
	if (!hit->contact_id || !alias_ids(store, hit->contact_id, arena, &ids, err))
		return !hit->contact_id;
	for (int i = 0; i < ids.count; i++) {
		struct block block;
		bool found;
		if (!block_find_of(store, hit->campaign_id, ids.items[i], arena, &block, &found, err))
			return false;
		const struct recipient *people = block.people.items;
		for (int k = 0; found && k < block.people.count; k++)
			if (text_same(people[k].contact_id, ids.items[i])) {
				hit->block = block.number;
				hit->index = k;
				return true;
			}
	}
	return true;
}

static bool place(struct store *store, struct hit *hit, struct error *err) {
	ARENA_AUTO arena = arena_new();
	bool matched;
	if (!find_place(store, hit, arena, err))
		return false;
	if (hit->block == COUNT_NONE)
		hit_make_nobodys(hit);
	hit->judged_as = HIT_HUMAN;
	return store_update(store, HITS, FILTER(by_id(hit->id)),
	                    UPDATE(set_count("block", hit->block), set_count("index", hit->index),
	                           set_count("hour", hit->hour), set_choice("judged_as", &hit_classes, hit->judged_as)),
	                    &matched, err);
}

bool fold_place_unsubscribes(struct store *store, int limit, int *count, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct hit *hits;
	if (!store_list(store, HITS,
	                FILTER(eq_bool("waits", true), eq_choice("kind", &hit_kinds, HIT_UNSUBSCRIBE), is_absent("block"),
	                       is_absent("hour")),
	                NULL, limit, &hit_record, arena, (void **)&hits, count, err))
		return false;
	for (int i = 0; i < *count; i++)
		if (!place(store, &hits[i], err))
			return false;
	return true;
}
