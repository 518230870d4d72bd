/* Engagement: counts a contact's events into the contact. */
#ifndef EVENTS_ENGAGEMENT_H
#define EVENTS_ENGAGEMENT_H

#include "audience/contacts/contact.h"
#include "events/event.h"

/* Saves a page of a campaign's report: appends the new events (*added) and, with `renews`, recomputes the engagement of
 * the people on the page. */
bool engagement_save_events(struct store *store, const char *connection_id, struct event *events, int count,
                            bool renews, struct arena *arena, int64_t *added, struct error *err) MUST_CHECK;

/* Saves a page of a list's contacts (contact_prepare, contact_save): events of memberships that are somebody else's now
 * follow them, earlier events are linked to people who have come (event_link), and the engagement of all these is
 * recomputed. Interrupted at any point and repeated, it loses nothing. */
bool engagement_save_contacts(struct store *store, struct membership *rows, int count, struct arena *arena,
                              struct error *err) MUST_CHECK;

/* Of each row only external.id, moved_from and contact_id: the events with this id at the provider are given from one
 * person to another, and the engagement of both is recomputed. */
bool engagement_move(struct store *store, const struct membership *rows, int count, struct arena *arena,
                     struct error *err) MUST_CHECK;

/* Recomputes these people's engagement. */
bool engagement_renew(struct store *store, const struct strings *people, struct arena *arena,
                      struct error *err) MUST_CHECK;

/* Recomputes everybody's engagement; `beat` may be NULL, and is called every now and then. */
bool engagement_renew_all(struct store *store, void (*beat)(void *context), void *context,
                          struct error *err) MUST_CHECK;

#endif
