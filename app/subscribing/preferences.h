/* What somebody gets of ours, as the page behind the link of a mail shows it, and changes it. Only lists of one's own
 * to which people are added one by one, that have a public name, and that they are or were on: nothing of others, and
 * no name that is only for us. */
#ifndef SUBSCRIBING_PREFERENCES_H
#define SUBSCRIBING_PREFERENCES_H

#include "audience/contacts/contact.h"

struct preference {
	const char *list_id, *name;
	bool is_subscribed;
};

struct preferences {
	struct preference *items; /* by name */
	int count;
};

/* Of somebody who is stored. */
bool preferences_read(struct store *store, const char *contact_id, struct arena *arena, struct preferences *preferences,
                      struct error *err) MUST_CHECK;

/* Pure. What they choose (ids of lists; others than theirs are nothing) against what they have: which they leave, and
 * which they want, and must confirm. */
void preferences_compare(const struct preferences *preferences, const struct strings *chosen, struct arena *arena,
                         struct strings *left, struct strings *wanted);

/* The names of these lists, as between “ and ”: “A”, “B”. */
const char *preferences_names(const struct preferences *preferences, const struct strings *ids, struct arena *arena);

#endif
