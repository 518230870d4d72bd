/* Events of own campaigns: what people did with our mails, each thing once. They are told by the mail (contact_ref is
 * its name), and follow from hits, which may be judged anew: then an event changes its time, or is none. */
#ifndef EVENTS_OWN_EVENT_H
#define EVENTS_OWN_EVENT_H

#include "events/event.h"

struct own_events {
	const char *campaign_id;
	struct strings refs;  /* the mails */
	struct event *events; /* all that is known of them, at most one of a type each */
	int count;
};

/* Told from those of observed campaigns by what contact_ref begins with. */
struct condition event_is_own(void);

/* Afterwards these mails have these events and no others; whose a stored one is stays as it is. *people: of whom
 * something has changed, distinct. Repeating it changes nothing. For one writer a campaign. */
bool event_save_own(struct store *store, const struct own_events *own, struct arena *arena, struct strings *people,
                    struct error *err) MUST_CHECK;

#endif
