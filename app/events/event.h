/* What contacts did with campaigns: `contact_events` is append-only, one row for (campaign, contact, type, time). */
#ifndef EVENTS_EVENT_H
#define EVENTS_EVENT_H

#include "core/store/store.h"

enum event_type { EVENT_OPENED, EVENT_CLICKED, EVENT_BOUNCED, EVENT_UNSUBSCRIBED, EVENT_COMPLAINED, EVENT_TYPE_COUNT };
extern const struct choices event_types;

struct event {
	const char *id, *campaign_id, *contact_ref, *email_norm; /* contact_ref: the id at the provider */
	unsigned type;
	struct moment occurred_at, seen_at; /* occurred_at may be absent */
	const char *run_id;
	bool address_found; /* the report named none: it is that of the membership of its contact */
};
extern const struct record_type event_record;

/* Appends those that are new (*added counts them). An event without address finds its person by the membership of its
 * contact, and gets its email_norm in the array, too. */
bool event_append(struct store *store, struct event *events, int count, struct arena *arena, int64_t *added,
                  struct error *err) MUST_CHECK;

/* The times (milliseconds) of a campaign's events of a type, at most `max` of them, in any order. */
bool event_times(struct store *store, const char *campaign_id, const char *type, int64_t max, struct arena *arena,
                 int64_t **items, int *count, struct error *err) MUST_CHECK;

/* The campaigns in which the people under these addresses did something. */
bool event_campaigns(struct store *store, const struct strings *norms, struct arena *arena,
                     struct strings *campaign_ids, struct error *err) MUST_CHECK;

/* Takes the addresses out of their events, which stay and go on counting. */
bool event_forget(struct store *store, const struct strings *norms, struct error *err) MUST_CHECK;

#endif
