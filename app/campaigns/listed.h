/* What is listed of a campaign, in contrast to its figures: what the provider's list says of it (name, subject, status,
 * sender, lists, times, whether it has it) and what people have assigned (partner, project). Its history is
 * append-only: one row for each state, with the moment since when it held. Private to this folder. */
#ifndef CAMPAIGNS_LISTED_H
#define CAMPAIGNS_LISTED_H

#include "campaigns/campaign.h"

struct listed_state {
	const char *id, *campaign_id;
	struct moment since;
	struct campaign campaign; /* only its listed members are set */
	bool inferred;            /* from before there was this history: what was listed when the history began */
};
extern const struct record_type listed_state_record;

/* Pure. Copies the listed members; all others are left alone. */
void listed_copy(struct campaign *to, const struct campaign *from);

/* Pure. Do the listed members of both say the same? */
bool listed_same(const struct campaign *a, const struct campaign *b);

/* Call it before `after` is written (core/store/state_history.h): appends what has changed since `before` (NULL: a new
 * campaign) and sets after->listed_since; `after` needs its id. */
bool listed_note(struct store *store, const struct campaign *before, struct campaign *after, struct moment at,
                 struct arena *arena, struct error *err) MUST_CHECK;

#endif
