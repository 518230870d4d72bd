/* What came back of a campaign as it was when its figures were told: the parts of its page count the same people as its
 * rates, though more is folded meanwhile. Kept in its document of `answer_sums`. */
#ifndef ANSWERING_TOLD_H
#define ANSWERING_TOLD_H

#include "answering/redeemers.h"

struct answers_told {
	struct answers sum;
	struct rows links;             /* struct link_answer, by link */
	struct rows domains, segments; /* struct group_count: most recipients first, the rest and nobody's name last */
	struct rows redeemed;          /* struct segment_redeemed */
};

/* For the job "fold", after it has told the figures. */
bool answers_told_keep(struct store *store, const char *campaign_id, struct arena *arena, struct error *err) MUST_CHECK;

/* *found false: never told, or by a program that kept nothing. */
bool answers_told_find(struct store *store, const char *campaign_id, struct arena *arena, struct answers_told *told,
                       bool *found, struct error *err) MUST_CHECK;

#endif
