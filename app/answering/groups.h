/* The recipients of a block by mailbox provider and by segment: how many got it, opened and clicked. Folded with the
 * block, because no page can ask it of all recipients. */
#ifndef ANSWERING_GROUPS_H
#define ANSWERING_GROUPS_H

#include "answering/answer.h"
#include "dispatch/block.h"

enum { GROUP_SEGMENTS_MAX = 100, GROUPS_MAX = 5000 };

/* Saved segments as they are read for a campaign; the first ones by name. */
struct group_rules {
	bool is_read;
	struct rows rules; /* private */
	struct strings campaign_ids;
};

/* What became of each recipient so far. */
struct group_people {
	const struct block *block;
	const struct moment *accepted_at; /* by index; MOMENT_NONE: not, or not yet */
	const bool *failed;
};

/* Whoever opened or clicked has got it. Of several segments a person counts once in each. */
struct group_count {
	const char *name; /* NULL: all other providers, or no segment */
	int64_t sent, failed, opened, clicked;
};
extern const struct record_type group_count_record;

/* Who of a block was in a segment: a hexadecimal digit for each four of them, the lowest bit for the first. */
struct group_members {
	const char *name, *members;
};
extern const struct record_type group_members_record;

bool group_rules_read(struct store *store, struct arena *arena, struct group_rules *rules,
                      struct error *err) MUST_CHECK;

/* Who is in which segment now; segments without anybody are left out. */
bool groups_place(struct store *store, const struct group_rules *rules, const struct block *block, struct moment now,
                  struct arena *arena, struct rows *members, struct error *err) MUST_CHECK;

/* Pure. folded->domains and ->segments, of folded->answers and ->members. A provider with one recipient in the block is
 * among the others: its name may say who it is. Names are the arena's. */
void groups_count(const struct group_people *people, struct arena *arena, struct answer_block *folded);

/* Pure. Was the recipient with this index of the block in the segment? */
bool group_has(const struct group_members *group, int index);

/* Pure. */
void group_add(struct group_count *sum, const struct group_count *more);

/* Of a campaign, those with most recipients first: struct group_count. */
bool groups_by_domain(struct store *store, const char *campaign_id, struct arena *arena, struct rows *groups,
                      struct error *err) MUST_CHECK;
bool groups_by_segment(struct store *store, const char *campaign_id, struct arena *arena, struct rows *groups,
                       struct error *err) MUST_CHECK;

#endif
