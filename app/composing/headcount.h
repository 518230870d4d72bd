/* Whom a campaign reaches by one channel, and why not the others. */
#ifndef COMPOSING_HEADCOUNT_H
#define COMPOSING_HEADCOUNT_H

#include "composing/composition.h"
#include "composing/known.h"
#include "composing/own_hour.h"
#include "segments/audience.h"

struct headcount_query {
	const struct composition *composition;
	const struct composing_known *known;
	const struct rule *rule; /* whom it means (addressees.h) */
	struct rule_clock clock;
	struct mailable_question question; /* by_sms: the channel */
	struct moment now;
	int patience_ms;
	const struct own_hours *hours; /* of its people, for the outlook; NULL: it goes out to all at once */
};

/* COUNT_NONE: not counted in time, or not asked. */
struct headcount {
	struct audience found; /* of those who are left after the exclusions */
	int64_t members;       /* of several lists, somebody on two of them counted twice */
	int64_t unexcluded;    /* people without the exclusions */
	int64_t recipients;    /* who gets it */
};

bool headcount_read(struct store *store, const struct headcount_query *query, struct arena *arena,
                    struct headcount *headcount, struct error *err) MUST_CHECK;

#endif
