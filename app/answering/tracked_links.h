/* The tracked links of a campaign's mails, in their order (dispatch/letter.h). */
#ifndef ANSWERING_TRACKED_LINKS_H
#define ANSWERING_TRACKED_LINKS_H

#include "core/store/store.h"

struct tracked_links {
	int count;
	const char **targets; /* where each leads, of somebody of whom nothing is known; "" if it leads nowhere then */
	const int *same_as;   /* the first link with the same target */
};

/* As its frozen content has them; none if it was never started. */
bool tracked_links_read(struct store *store, const char *campaign_id, struct arena *arena, struct tracked_links *links,
                        struct error *err) MUST_CHECK;

#endif
