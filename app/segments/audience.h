/* How many people of a rule may be mailed, and why not the others (audience/contacts/mailable.h). */
#ifndef SEGMENTS_AUDIENCE_H
#define SEGMENTS_AUDIENCE_H

#include "audience/contacts/mailable.h"
#include "segments/people.h"

struct audience {
	int64_t people;
	/* By verdict: those who may be mailed, then the others by their reason. COUNT_NONE: not counted yet. */
	int64_t counts[MAILABLE_COUNT];
	struct people_progress progress; /* `next` continues it; NULL: it is complete */
};

/* Within query->patience_ms; what was counted so far comes with a cursor to go on. */
bool audience_count(struct store *store, const struct people_query *query, const struct mailable_question *question,
                    struct arena *arena, struct audience *audience, struct error *err) MUST_CHECK;

#endif
