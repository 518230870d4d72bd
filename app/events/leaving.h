/* The weeks and cohorts of a list (audience/lists/week.h), counted from its members and the events of those who
 * left. */
#ifndef EVENTS_LEAVING_H
#define EVENTS_LEAVING_H

#include "audience/lists/week.h"
#include "events/event.h"

/* Pure. Counts one who left; `known`: a report says why. */
void leaving_add(struct list_week *week, bool known, enum event_type type);

/* Recounts the list week by week up to `now`, at most ten years. */
bool leaving_count_weeks(struct store *store, const char *list_id, struct moment now, struct error *err) MUST_CHECK;

#endif
