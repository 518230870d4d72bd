/* How many people of a rule can be emailed, and why not the others. */
#ifndef SEGMENTS_AUDIENCE_H
#define SEGMENTS_AUDIENCE_H

#include "segments/people.h"

/* Why somebody cannot be emailed: of several reasons the first one counts. */
enum audience_reason {
	AUDIENCE_NO_ADDRESS,
	AUDIENCE_INACTIVE,
	AUDIENCE_SUPPRESSED,
	AUDIENCE_UNSUBSCRIBED,
	AUDIENCE_PENDING,
	AUDIENCE_REASON_COUNT,
};
extern const struct choices audience_reasons;
extern const char *const audience_reason_labels[AUDIENCE_REASON_COUNT]; /* "Not active" */

struct audience {
	int64_t people, mailable; /* COUNT_NONE: not counted yet */
	int64_t reasons[AUDIENCE_REASON_COUNT];
	struct people_progress progress; /* `next` continues it; NULL: it is complete */
};

/* Within query->patience_ms; what was counted so far comes with a cursor to go on. */
bool audience_count(struct store *store, const struct people_query *query, struct arena *arena, struct audience *found,
                    struct error *err) MUST_CHECK;

/* Pure. Those of the rule's people who cannot be emailed for this reason. */
const struct rule *audience_without(const struct rule *rule, enum audience_reason reason, struct arena *arena);

#endif
