/* What SendGrid reports by its event webhook: an array of events, and its signature: ECDSA over the header's time and
 * the body's exact bytes. Which email an event is about: of one sent through SendGrid's mail server `smtp-id` is our
 * Message-ID; a custom argument `email_id` may say it, too. Pure. Source: SendGrid's reference, Event Webhook. */
#ifndef INBOUND_SENDGRID_EVENT_H
#define INBOUND_SENDGRID_EVENT_H

#include "inbound/hook_event.h"

enum { SENDGRID_EVENTS_MAX = 20000 };

/* The headers; NULL: there is none. Repeats may come for a day with the time of the first try, so a request may be 25
 * hours old, and 5 minutes ahead. `keys`: as of ecdsa_verify. DENIED says what is wrong, and quotes nothing. */
bool sendgrid_verify(const char *keys, const char *timestamp, const char *signature, const char *body, size_t size,
                     struct moment now, struct error *err) MUST_CHECK;

struct sendgrid_events {
	struct rows events;    /* struct hook_event, each with an id */
	int64_t skipped;       /* of which nothing is kept: delivered, opened, of no one … */
	struct rows delivered; /* struct hook_event that say which email it is, and nothing else: a server took it */
};

/* INVALID: it is no array of at most SENDGRID_EVENTS_MAX. An event of an unknown form is skipped: SendGrid would send
 * the whole request again for a day. */
bool sendgrid_events_read(const char *bytes, size_t size, struct arena *arena, struct sendgrid_events *events,
                          struct error *err) MUST_CHECK;

#endif
