/* Lists as they were known at a past moment. What the provider lists of them (name, opt-in, fields, tags, whether it
 * has them) and what their people did have append-only histories, beside that of the counts (list_snapshots). */
#ifndef AUDIENCE_LISTS_PAST_H
#define AUDIENCE_LISTS_PAST_H

#include "audience/lists/list.h"

/* Call it before `after` is written, with its id (core/store/state_history.h): appends what has changed since `before`
 * (NULL: read for the first time) and sets after->listed_since. */
bool list_note_state(struct store *store, const struct list *before, struct list *after, struct moment at,
                     struct arena *arena, struct error *err) MUST_CHECK;

/* Appends what was counted at engagement->counted_at. */
bool list_note_engagement(struct store *store, const char *list_id, const struct list_engagement *engagement,
                          struct arena *arena, struct error *err) MUST_CHECK;

/* The list as it was known at `as_of`; *known is false before the first reading. What describes the newest reading
 * (seen_run, contacts_read_at, contacts_full_at) becomes absent, synced_at that of the counts. */
bool list_at(struct store *store, struct list *list, struct moment as_of, struct arena *arena, bool *known,
             struct error *err) MUST_CHECK;

/* All lists that the provider had at `as_of`, by name; with MOMENT_NONE as list_all. */
bool list_all_at(struct store *store, struct moment as_of, struct arena *arena, struct list **lists, int *count,
                 struct error *err) MUST_CHECK;

/* When counts of any list were first read; MOMENT_NONE before. Of earlier moments nothing is recorded. */
bool list_first_seen(struct store *store, struct arena *arena, struct moment *first, struct error *err) MUST_CHECK;

#endif
