/* The weeks and cohorts of a list (audience/lists/week.h), counted from its members and the events of those who
 * left. */
#ifndef EVENTS_LEAVING_H
#define EVENTS_LEAVING_H

#include "audience/lists/week.h"
#include "events/event.h"

/* Pure. Can what happened then have made somebody leave at `left_at`? Only if it lies before, within 7 days. */
bool leaving_explains(struct moment at, struct moment left_at);

/* Pure. Counts one who left; `known`: a report says why. */
void leaving_add(struct list_week *week, bool known, enum event_type type);

/* Counts the list's weeks (struct list_week) up to `now`, in the zone in use, with only what these campaigns (NULL:
 * all) tell of why somebody left. It reads every member, so it takes seconds for a hundred thousand. */
bool leaving_find_weeks(struct store *store, const char *list_id, const struct strings *campaign_ids, struct moment now,
                        struct arena *arena, struct rows *weeks, struct error *err) MUST_CHECK;

/* Recounts the list week by week up to `now`, at most ten years, for UTC and for the zone in use. A cause is an
 * unsubscribe, a complaint or a bounce in a campaign to this list; not a bounce in a campaign that has none but soft
 * ones. */
bool leaving_count_weeks(struct store *store, const char *list_id, struct moment now, struct error *err) MUST_CHECK;

#endif
