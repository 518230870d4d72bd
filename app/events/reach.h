/* What the people of some lists did with some campaigns, and with no others. */
#ifndef EVENTS_REACH_H
#define EVENTS_REACH_H

#include "core/store/store.h"

struct reach {
	const char *name;                           /* our id of a list, or a domain of addresses */
	int64_t contacts, opened, clicked, bounced; /* people: on the list, who did it at least once */
};

struct reaches {
	struct rows lists, domains; /* struct reach: in the order asked for; most contacts first */
};

/* Counts everybody who is on any of the lists, once a list and once in `domains`. Reads the events of the campaigns and
 * the people of the lists, so it takes seconds for a hundred thousand people. */
bool reach_count(struct store *store, const struct strings *list_ids, const struct strings *campaign_ids,
                 struct arena *arena, struct reaches *reaches, struct error *err) MUST_CHECK;

/* Who joined the list in [from, to), whether still on it or not. */
bool reach_joined(struct store *store, const char *list_id, struct moment from, struct moment to, int64_t *count,
                  struct error *err) MUST_CHECK;

#endif
