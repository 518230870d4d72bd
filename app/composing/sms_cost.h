/* What the text messages of a campaign will cost. Pure. */
#ifndef COMPOSING_SMS_COST_H
#define COMPOSING_SMS_COST_H

#include "composing/known.h"
#include "composing/wording.h"

/* Between the shortest of three made-up readers at the cheapest price and the longest at the dearest: which phone
 * numbers people have is not counted. */
struct sms_cost {
	int64_t least, most;               /* minor units of the currency; COUNT_NONE: the connection has no prices */
	int least_segments, most_segments; /* 0: nothing is sent */
};

/* `digits`: of minor units in the currency. */
bool sms_cost_of(const struct wording *wording, const struct composing_known *known,
                 const struct connection *connection, int64_t messages, int digits, struct moment now,
                 struct arena *arena, struct sms_cost *cost, struct error *err) MUST_CHECK;

/* "1 segment each, €12.20"; "1 to 2 segments each, €12.20 to €24.40"; NULL: nothing is sent. */
const char *sms_cost_words(const struct sms_cost *cost, const char *currency, struct arena *arena);

#endif
