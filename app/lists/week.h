/* The growth of a list, week by week and by cause: a rollup that the run over the people keeps (contacts/rollup.h). */
#ifndef LISTS_WEEK_H
#define LISTS_WEEK_H

#include "lists/list.h"

/* One week of a list: who joined, and who left, why. A contact joins in the week of its created_at and leaves in that
 * of the report that says so, or else of its last change. Who has not confirmed has not joined. */
struct list_week {
	struct moment week;
	int64_t joined, unsubscribed, complained, bounced, otherwise; /* contacts */
};
extern const struct record list_week_record;

/* Pure. Monday 00:00 UTC of the week. */
struct moment week_of(struct moment at);

bool list_save_weeks(struct store *store, const char *list_id, const struct records *weeks,
                     struct error *err) MUST_CHECK;

/* struct list_week, oldest first; none before the first count. */
bool list_find_weeks(struct store *store, const char *list_id, struct arena *arena, struct records *weeks,
                     struct error *err) MUST_CHECK;

#endif
