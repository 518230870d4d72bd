/* Who joined the lists and who left them in a period, week by week, and whether that is usual. Pure. */
#ifndef INSIGHTS_LIST_TREND_H
#define INSIGHTS_LIST_TREND_H

#include "audience/lists/week.h"
#include "core/formats/period.h"
#include "metrics/usual.h"

enum { TREND_USUAL_OF = 12 };

struct list_trend {
	struct rows weeks;      /* struct list_week: those that begin in the period, oldest first, one after another */
	struct list_week total; /* of them; `week` is the first of them */
	bool has_before;
	struct list_week before;  /* as many weeks, ending with the compared period */
	struct usual usual;       /* of the net of the TREND_USUAL_OF spans of as many weeks before them */
	enum judgement judgement; /* of the total's net; JUDGED_NOT with fewer than USUAL_MIN such spans */
};

/* `weeks`: struct list_week of one or several lists, in any order. `compared` may be NULL. Nothing is known of weeks
 * before the first of them, so these are in no figure. */
struct list_trend list_trend_of(const struct rows *weeks, const struct period *period, const struct period *compared,
                                struct arena *arena);

/* Does the last of its weeks go on at `now`? The weeks beside it are whole, so it is not judged. */
bool list_trend_goes_on(const struct list_trend *trend, struct moment now);

#endif
