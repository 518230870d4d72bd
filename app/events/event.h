/* What contacts did with campaigns: `contact_events` is append-only, one row per (campaign, contact, type, time). */
#ifndef EVENTS_EVENT_H
#define EVENTS_EVENT_H

#include "audience/contacts/contact.h"
#include "campaigns/contact_report.h"

enum event_type { EVENT_OPENED, EVENT_CLICKED, EVENT_BOUNCED, EVENT_UNSUBSCRIBED, EVENT_COMPLAINED, EVENT_TYPE_COUNT };
extern const struct choices event_types;

struct event {
	const char *id, *campaign_id;
	const char *contact_id;  /* absent if the contact is unknown or was forgotten */
	const char *contact_ref; /* the contact's id at the campaign's provider, as in the report */
	const char *address;     /* as in the report, normalized by contact_norm; never stored */
	unsigned type;
	struct moment occurred_at, seen_at; /* occurred_at may be absent */
	const char *run_id;
	bool found_by_membership; /* the report gave no address: the person was found by contact_ref */
	bool unknown_contact;     /* not among the contacts: event_link links the event when the contact appears */
	bool forgotten;           /* the contact was forgotten; it is unknown since */
	bool repeated;            /* the report names the person more than once, and this is not the first time */
};
extern const struct record_type event_record;

/* Appends the new events of one report of a campaign (*added counts them), finding each event's person by address, or
 * else by the membership that contact_ref names. An event whose time is told only once is one event. */
bool event_append(struct store *store, const char *connection_id, struct event *events, int count, struct arena *arena,
                  int64_t *added, struct error *err) MUST_CHECK;

/* Links events that arrived before these contacts did; *contact_ids: the distinct contacts that got any. */
bool event_link(struct store *store, const struct membership *rows, int count, struct arena *arena,
                struct strings *contact_ids, struct error *err) MUST_CHECK;

/* Inserts those of the events (struct event) that are missing. */
bool event_restore(struct store *store, const struct rows *events, struct error *err) MUST_CHECK;

/* For events that are rebuilt: marks those that `events` name as of somebody who is forgotten and counted by another
 * event; who belongs together is known no more. */
bool event_note_counted(struct store *store, const struct rows *events, struct error *err) MUST_CHECK;

/* Who did one thing with a campaign, each person once: a contact, or an id at the provider that is none. */
struct event_firsts {
	int64_t *times;     /* the first time of each person who has one, milliseconds, unordered */
	int count, repeats; /* repeats: events beyond the first of their person */
	int64_t undated;    /* people without any time */
	struct moment seen; /* when the newest event was read */
};
bool event_firsts(struct store *store, const char *campaign_id, const char *type, struct arena *arena,
                  struct event_firsts *firsts, struct error *err) MUST_CHECK;

/* Counts these people into the campaign's growth and marks all but the first event of each as repeated. `since`: when
 * it was sent. reading->at: when the report was read, or MOMENT_NONE to count anew what was read before; sets
 * reading->named and undated. */
bool event_save_growth(struct store *store, const char *campaign_id, enum event_type type, struct moment since,
                       struct contact_reading *reading, struct error *err) MUST_CHECK;

/* Counts the growths anew that are missing, of an older version, or from another sending time than the campaign's now.
 * `beat` (may be NULL) is called between campaigns; *renewed counts them. */
bool event_renew_growths(struct store *store, void (*beat)(void *context), void *context, int *renewed,
                         struct error *err) MUST_CHECK;

/* Pure. In how many of these campaigns somebody has such an event; `events` are all of one person. */
int64_t event_count_campaigns(const struct event *events, int count, enum event_type type,
                              const struct strings *campaign_ids, struct arena *arena);

/* The campaigns in which these people did something. */
bool event_campaigns(struct store *store, const struct strings *contact_ids, struct arena *arena,
                     struct strings *campaign_ids, struct error *err) MUST_CHECK;

/* The events of memberships that are somebody else's now follow them, and all events of those who have left. */
bool event_move(struct store *store, const struct membership *rows, int count, const struct page_people *people,
                struct error *err) MUST_CHECK;

/* All events of one person are another one's. */
bool event_give(struct store *store, const char *from, const char *to, struct error *err) MUST_CHECK;

/* Removes these people from their events, which stay and still count. Who comes back under the same id at the provider
 * has them again (event_link). */
bool event_forget(struct store *store, const struct strings *contact_ids, struct error *err) MUST_CHECK;

#endif
