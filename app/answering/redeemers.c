/* Who redeemed, by segment. */
#include "answering/redeemers.h"

#include "codes/redeeming.h"

/* Who was in which segment, block by block. */
struct placed {
	int64_t block;
	struct rows members; /* struct group_members */
};

static const struct field placed_fields[] = {
	FIELD(struct placed, block),
	FIELD_LIST(struct placed, members, group_members_record),
};
static const struct record_type placed_record = RECORD_TYPE("PlacedBlock", struct placed, placed_fields);

static const struct field fields[] = {
	FIELD(struct segment_redeemed, name),
	FIELD(struct segment_redeemed, redeemed, .unit = "people"),
};
const struct record_type segment_redeemed_record = RECORD_TYPE("SegmentRedeemed", struct segment_redeemed, fields);

enum { SEGMENTS_MAX = 2000 }; /* different names, as segments may be renamed while a campaign is sent */

struct tallying {
	struct code_place *places; /* by block and index */
	int count;
	struct arena *arena;
	struct segment_redeemed *segments;
	int known;
};

static struct segment_redeemed *segment_of(struct tallying *tallying, const char *name) {
	for (int i = 0; i < tallying->known; i++)
		if (text_same(tallying->segments[i].name, name))
			return &tallying->segments[i];
	if (tallying->known == SEGMENTS_MAX)
		return NULL;
	tallying->segments[tallying->known] = (struct segment_redeemed){ arena_copy(tallying->arena, name), 0 };
	return &tallying->segments[tallying->known++];
}

static void count_in(struct tallying *tallying, const char *name, int64_t people) {
	struct segment_redeemed *segment = people > 0 ? segment_of(tallying, name) : NULL;
	if (segment)
		segment->redeemed += people;
}

/* The first place of a block, or of one after it. */
static int first_of(const struct tallying *tallying, int64_t block) {
	int from = 0, end = tallying->count;
	while (from < end) {
		int middle = (from + end) / 2;
		if (tallying->places[middle].block < block)
			from = middle + 1;
		else
			end = middle;
	}
	return from;
}

static bool is_in_any(const struct rows *members, int64_t index) {
	const struct group_members *all = members->items;
	for (int i = 0; i < members->count; i++)
		if (group_has(&all[i], (int)index))
			return true;
	return false;
}

static void count_block(void *context, const void *object) {
	struct tallying *tallying = context;
	const struct placed *placed = object;
	const struct group_members *all = placed->members.items;
	const int first = first_of(tallying, placed->block), end = first_of(tallying, placed->block + 1);
	for (int i = 0; i < placed->members.count; i++) {
		int64_t people = 0;
		for (int k = first; k < end; k++)
			people += group_has(&all[i], (int)tallying->places[k].index);
		count_in(tallying, all[i].name, people);
	}
	int64_t others = 0;
	for (int k = first; k < end; k++)
		others += !is_in_any(&placed->members, tallying->places[k].index);
	count_in(tallying, NULL, others);
}

bool redeemed_by_segment(struct store *store, const char *campaign_id, struct arena *arena, struct rows *segments,
                         struct error *err) {
	struct tallying tallying = { .arena = arena };
	*segments = (struct rows){ NULL, 0 };
	if (!redeemed_places(store, campaign_id, arena, &tallying.places, &tallying.count, err))
		return false;
	if (tallying.count == 0)
		return true;
	tallying.segments = arena_array(arena, struct segment_redeemed, SEGMENTS_MAX);
	if (!store_each(store, "answer_blocks", FILTER(eq_id("campaign_id", campaign_id), gte_count("block", 0)),
	                &placed_record, count_block, &tallying, err))
		return false;
	*segments = (struct rows){ tallying.segments, tallying.known };
	return true;
}

int64_t redeemed_in(const struct rows *segments, const char *name) {
	const struct segment_redeemed *all = segments->items;
	for (int i = 0; i < segments->count; i++)
		if (text_same(all[i].name, name))
			return all[i].redeemed;
	return 0;
}
