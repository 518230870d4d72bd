/* The overview of lists, and what it shares with the page of one list. */
#ifndef AUDIENCE_LISTS_LIST_PAGES_H
#define AUDIENCE_LISTS_LIST_PAGES_H

#include "audience/lists/list.h"
#include "core/http/exchange.h"

/* All lists, as they are or, with as_of= in the URL (*as_of, else MOMENT_NONE), as they were known then. */
bool list_find_lists(struct exchange *x, struct list **lists, int *count, struct moment *as_of,
                     struct error *err) MUST_CHECK;

/* The same, but MISSING before recording began; for JSON and CSV. */
bool list_find_recorded(struct exchange *x, struct list **lists, int *count, struct error *err) MUST_CHECK;

/* Observed lists on the overview, as they were at *as_of (MOMENT_NONE: now), which the URL says. */
bool list_put_overview(struct exchange *x, struct value *view, struct moment *as_of, struct error *err) MUST_CHECK;

/* The newest snapshots up to as_of= in the URL, newest first. */
bool list_find_history(struct exchange *x, const struct list *list, struct list_snapshot **rows, int *count,
                       struct error *err) MUST_CHECK;

/* Pure. The newest snapshot at least so many days before `now`, or the oldest one; NULL if there is nothing to compare.
 */
const struct list_snapshot *list_counts_before(const struct list_snapshot *rows, int count, struct moment now,
                                               int days);

/* A row of the overview. */
struct value *list_row_view(const struct list *list, struct arena *arena);

extern const struct route list_routes[];

#endif
