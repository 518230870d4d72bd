/* What people did with the mails of a campaign: folded from hits, block by block (dispatch/block.h), so that a block's
 * fold is a function of its hits alone and may be repeated. `answer_blocks` has one document a block, and one for each
 * hour in which somebody came who is only counted; `answer_sums` their sum (dispatch/answers.h). */
#ifndef ANSWERING_ANSWER_H
#define ANSWERING_ANSWER_H

#include "answering/judging.h"
#include "answering/tracked_links.h"
#include "dispatch/answers.h"

/* What became of one mail. A click that nothing speaks against is an open, too: it was made in the mail. */
struct answer {
	int64_t index;                                        /* in its block */
	struct moment opened_at, clicked_at, unsubscribed_at; /* first, by a person; MOMENT_NONE: not known */
	struct moment proxied_at;                             /* first fetched by a privacy proxy */
	struct moment last_at;                                /* the newest by a person */
	int64_t opens, clicks;                                /* by a person */
	int64_t machines;                                     /* hits by machines */
};
extern const struct record_type answer_record;

/* Clicks of people on one link. */
struct link_answer {
	int64_t link, people, clicks; /* people: each once a link; of those who are only counted none */
};
extern const struct record_type link_answer_record;

/* What hits that were deleted since had come to (answering/expiring.h). */
struct answers_kept {
	struct moment before; /* hits before this are part of it, and of nothing else; MOMENT_NONE: none are */
	struct answers sum;
	struct rows answers, links, targets;
};

struct answer_block {
	const char *campaign_id;
	int64_t block;                          /* COUNT_NONE of an hour */
	int64_t hour;                           /* since 1970; COUNT_NONE of a block */
	int64_t rules;                          /* JUDGING_RULES by which it was judged */
	struct answers sum;                     /* only its counts */
	struct rows answers;                    /* struct answer, by index; of an hour none */
	struct rows links;                      /* struct link_answer, by link */
	struct rows targets;                    /* the same by where they lead: under the first link that leads there */
	struct rows domains, segments, members; /* answering/groups.h */
	bool is_placed;                         /* members are known; they stay as they were then */
	bool is_grouped;                        /* folded after all of its emails were settled */
	struct moment folded_at;
	struct answers_kept kept;
};
extern const struct record_type answer_block_record;

/* Pure. Folds the judged hits of one block, in the order in which hits_judge leaves them; none may be nobody's. */
void answers_fold(const struct judged_hit *hits, int count, const struct tracked_links *links, struct arena *arena,
                  struct answer_block *block);

/* Pure. Adds block->kept to what was folded of the hits that are there. */
void answers_add_kept(struct answer_block *block, struct arena *arena);

/* Pure. What was folded so far is kept, of hits before this moment. */
void answers_keep(struct answer_block *block, struct moment before);

/* Pure. Adds `clicks` to a link of the block. */
void answers_add_link(struct rows *links, int64_t link, int64_t people, int64_t clicks, struct arena *arena);

/* Pure. The count of such hits. */
int64_t *answers_hits(struct answers *sum, enum hit_kind kind, enum hit_class as);

/* NULL: nothing is known of this message. */
const struct answer *answer_of(const struct answer_block *block, int64_t index);

/* A block's fold; empty if *found is false. */
bool answer_block_find(struct store *store, const char *campaign_id, int64_t block, struct arena *arena,
                       struct answer_block *found_block, bool *found, struct error *err) MUST_CHECK;

/* Stores the fold of a block or an hour in the place of the one before. For its one writer, the job "fold". */
bool answer_block_save(struct store *store, const struct answer_block *block, struct error *err) MUST_CHECK;

/* Sums up all of a campaign's, and stores it: due is what was noted due later than this began. */
bool answers_sum(struct store *store, const char *campaign_id, struct moment now, struct error *err) MUST_CHECK;

/* Something of the campaign is about to be folded, or has come back. */
bool answers_note_due(struct store *store, const char *campaign_id, struct error *err) MUST_CHECK;
/* How often that was noted so far: to be read before what is told. */
bool answers_read_dues(struct store *store, const char *campaign_id, int64_t *dues, struct error *err) MUST_CHECK;
/* The campaign's figures have all that was there at `dues`. It stays due if something was noted meanwhile. */
bool answers_note_told(struct store *store, const char *campaign_id, int64_t dues, struct moment now,
                       struct error *err) MUST_CHECK;

/* Clicks of the whole campaign by link, or by target: struct link_answer, by link. */
bool answers_links(struct store *store, const char *campaign_id, bool by_target, struct arena *arena,
                   struct rows *links, struct error *err) MUST_CHECK;

#endif
