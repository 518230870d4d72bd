/* What EmailOctopus reports by its webhooks: an array of events; and its signature, HMAC-SHA-256 of the body's exact
 * bytes with the secret as its text. It signs no time, so what is repeated later is known by the events' ids. Pure.
 * Source: reference of its API, section Webhooks. */
#ifndef INBOUND_OCTOPUS_EVENT_H
#define INBOUND_OCTOPUS_EVENT_H

#include "inbound/hook_event.h"

/* `claimed`: the header EmailOctopus-Signature, "sha256=" and 64 hex digits; NULL: there is none. Compared in constant
 * time. DENIED says what is wrong, and quotes nothing. */
bool octopus_verify(const char *secret, const char *claimed, const char *body, size_t size,
                    struct error *err) MUST_CHECK;

struct octopus_events {
	struct rows events;             /* struct hook_event, each id once; ids of its own kind */
	bool tell_people, tell_figures; /* something of people, of campaigns, may have changed there */
	int64_t skipped;                /* without an id, or nothing that is known */
};

/* Each is kept, and a complaint is acted on; of everything else a sync finds out by itself. Events of unknown types
 * and without an id are skipped, because EmailOctopus sends the whole request again for ten days otherwise. INVALID: it
 * is no array of at most HOOK_EVENTS_MAX objects. */
bool octopus_events_read(const char *bytes, size_t size, struct arena *arena, struct octopus_events *events,
                         struct error *err) MUST_CHECK;

#endif
