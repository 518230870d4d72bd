/* Answers as they were told. */
#include "answering/told.h"

static const char SUMS[] = "answer_sums";

enum { GROUPS_KEPT = 100 };

static const struct field told_fields[] = {
	FIELD_RECORD(struct answers_told, sum, answers_record),
	FIELD_LIST(struct answers_told, links, link_answer_record),
	FIELD_LIST(struct answers_told, domains, group_count_record),
	FIELD_LIST(struct answers_told, segments, group_count_record),
	FIELD_LIST(struct answers_told, redeemed, segment_redeemed_record),
};
static const struct record_type told_record = RECORD_TYPE("AnswersTold", struct answers_told, told_fields);

/* The document of a campaign, without what others write to it. */
struct kept {
	const char *campaign_id;
	struct answers_told told;
	bool is_told;
};
static const struct field kept_fields[] = {
	FIELD(struct kept, campaign_id, .stored = "_id", .flags = FIELD_ID),
	FIELD_RECORD(struct kept, told, told_record),
	FIELD(struct kept, is_told),
};
static const struct record_type kept_record = RECORD_TYPE("AnswersKeptTold", struct kept, kept_fields);

/* The first ones with a name; all others of providers are one, as nobody is counted twice there. */
static void cut(struct rows *groups, bool adds_up, struct arena *arena) {
	const struct group_count *all = groups->items;
	struct group_count *some = arena_array(arena, struct group_count, GROUPS_KEPT + 1), rest = { 0 };
	int count = 0;
	for (int i = 0; i < groups->count; i++) {
		if (all[i].name && count < GROUPS_KEPT) {
			some[count++] = all[i];
		} else if (!all[i].name || adds_up) {
			group_add(&rest, &all[i]);
		}
	}
	if (rest.sent + rest.failed > 0)
		some[count++] = rest;
	*groups = (struct rows){ some, count };
}

bool answers_told_keep(struct store *store, const char *campaign_id, struct arena *arena, struct error *err) {
	struct kept kept;
	bool found;
	record_clear(&kept_record, &kept);
	kept.is_told = true;
	if (!answers_find(store, campaign_id, arena, &kept.told.sum, &found, err) ||
	    !answers_links(store, campaign_id, false, arena, &kept.told.links, err) ||
	    !groups_by_domain(store, campaign_id, arena, &kept.told.domains, err) ||
	    !groups_by_segment(store, campaign_id, arena, &kept.told.segments, err) ||
	    !redeemed_by_segment(store, campaign_id, arena, &kept.told.redeemed, err))
		return false;
	cut(&kept.told.domains, true, arena);
	cut(&kept.told.segments, false, arena);
	return store_upsert(store, SUMS, FILTER(by_id(campaign_id)),
	                    UPDATE(set_record(&kept_record, &kept, EXCEPT("campaign_id"))), err);
}

bool answers_told_find(struct store *store, const char *campaign_id, struct arena *arena, struct answers_told *told,
                       bool *found, struct error *err) {
	struct kept kept;
	record_clear(&kept_record, &kept);
	if (!store_find(store, SUMS, FILTER(by_id(campaign_id)), NULL, &kept_record, arena, &kept, found, err))
		return false;
	*found = *found && kept.is_told;
	*told = kept.told;
	return true;
}
