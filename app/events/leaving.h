/* The weeks and cohorts of a list (audience/lists/week.h), counted from its members and what the reports say of those
 * who left. */
#ifndef EVENTS_LEAVING_H
#define EVENTS_LEAVING_H

#include "audience/lists/week.h"
#include "events/event.h"

/* Pure. Adds one who left: `known` tells whether a report says why. */
void leaving_add(struct list_week *week, bool known, enum event_type type);

/* Counts the list anew, week by week up to `now`, ten years at most. */
bool leaving_count_weeks(struct store *store, const char *list_id, struct moment now, struct error *err) MUST_CHECK;

#endif
