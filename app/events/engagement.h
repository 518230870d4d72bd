/* Engagement: counts a contact's events into the contact. */
#ifndef EVENTS_ENGAGEMENT_H
#define EVENTS_ENGAGEMENT_H

#include "audience/contacts/contact.h"
#include "events/event.h"

/* Saves a page of a campaign's report: appends the new events (*added) and, with `renews`, recomputes the engagement of
 * the people on the page. */
bool engagement_save_events(struct store *store, const char *connection_id, struct event *events, int count,
                            bool renews, struct arena *arena, int64_t *added, struct error *err) MUST_CHECK;

/* Call it after a page of a list's contacts: links earlier events to their people (event_link) and recomputes those
 * people's engagement. */
bool engagement_link(struct store *store, const struct membership *rows, int count, struct arena *arena,
                     struct error *err) MUST_CHECK;

/* Recomputes everybody's engagement. */
bool engagement_renew_all(struct store *store, struct error *err) MUST_CHECK;

#endif
