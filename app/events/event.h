/* What contacts did with campaigns: `contact_events` is append-only, one row for (campaign, contact, type, time). */
#ifndef EVENTS_EVENT_H
#define EVENTS_EVENT_H

#include "audience/contacts/membership.h"

enum event_type { EVENT_OPENED, EVENT_CLICKED, EVENT_BOUNCED, EVENT_UNSUBSCRIBED, EVENT_COMPLAINED, EVENT_TYPE_COUNT };
extern const struct choices event_types;

struct event {
	const char *id, *campaign_id;
	const char *contact_id;  /* absent: of nobody among the contacts, or of somebody who was forgotten */
	const char *contact_ref; /* the contact's id at the provider of the campaign, as its report gives it */
	const char *address;     /* as the report names it, in the form of contact_norm; never stored */
	unsigned type;
	struct moment occurred_at, seen_at; /* occurred_at may be absent */
	const char *run_id;
	bool found_by_membership; /* the report named no address: the person was found by contact_ref */
	bool unknown_contact;     /* nobody among the contacts yet: event_link finds the person when it comes */
};
extern const struct record_type event_record;

/* Appends those that are new (*added counts them), and finds the person of each by its address, or else by the
 * membership that contact_ref names. */
bool event_append(struct store *store, const char *connection_id, struct event *events, int count, struct arena *arena,
                  int64_t *added, struct error *err) MUST_CHECK;

/* Events that came before these contacts did find their people; *contact_ids: who got any, each once. */
bool event_link(struct store *store, const struct membership *rows, int count, struct arena *arena,
                struct strings *contact_ids, struct error *err) MUST_CHECK;

/* Adds those of the events (struct event) that are missing. */
bool event_restore(struct store *store, const struct rows *events, struct error *err) MUST_CHECK;

/* The times (milliseconds) of a campaign's events of a type, at most `max` of them, in any order. */
bool event_times(struct store *store, const char *campaign_id, const char *type, int64_t max, struct arena *arena,
                 int64_t **items, int *count, struct error *err) MUST_CHECK;

/* The campaigns in which these people did something. */
bool event_campaigns(struct store *store, const struct strings *contact_ids, struct arena *arena,
                     struct strings *campaign_ids, struct error *err) MUST_CHECK;

/* Takes these people out of their events, which stay and go on counting. */
bool event_forget(struct store *store, const struct strings *contact_ids, struct error *err) MUST_CHECK;

#endif
