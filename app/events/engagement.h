/* What people did with campaigns, counted from their events into their contacts. */
#ifndef EVENTS_ENGAGEMENT_H
#define EVENTS_ENGAGEMENT_H

#include "audience/contacts/contact.h"
#include "events/event.h"

/* A page of a campaign's report: appends the events that are new (*added) and, with `renews`, computes the engagement
 * of the people behind the page anew. */
bool engagement_save_events(struct store *store, const char *connection_id, struct event *events, int count,
                            bool renews, struct arena *arena, int64_t *added, struct error *err) MUST_CHECK;

/* After a page of a list's contacts: events that came before them find their people (event_link), whose engagement is
 * computed anew. */
bool engagement_link(struct store *store, const struct membership *rows, int count, struct arena *arena,
                     struct error *err) MUST_CHECK;

/* Computes the engagement of everybody anew. */
bool engagement_renew_all(struct store *store, struct error *err) MUST_CHECK;

#endif
