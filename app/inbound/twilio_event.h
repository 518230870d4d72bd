/* What Twilio reports of text messages: forms, signed by HMAC-SHA-1 over the address and every member. A number that
 * answers STOP, or that cannot be reached for good, is suppressed; START takes back a STOP. Pure. Source: Twilio's
 * reference, Webhooks Security and Messaging Webhooks. */
#ifndef INBOUND_TWILIO_EVENT_H
#define INBOUND_TWILIO_EVENT_H

#include "core/formats/url.h"
#include "inbound/hook_event.h"

/* The body as it came. `url`: the whole address that was asked, as the public sees it; it is signed with or without its
 * port 443. `account`: AccountSid must be this one. DENIED says what is wrong, and quotes nothing. */
struct twilio_claim {
	const char *token, *account; /* as the settings have them */
	const char *url, *body;
	const char *signature; /* X-Twilio-Signature; NULL: there is none */
	bool is_sha256;        /* another signature is announced, which is refused */
};
bool twilio_verify(const struct twilio_claim *claim, struct arena *arena, struct params *form,
                   struct error *err) MUST_CHECK;

struct twilio_said {
	bool is_inbound; /* a text message from somebody; else what became of one of ours */
	bool has_event;  /* something follows: event */
	struct hook_event event;
};

void twilio_read(const struct params *form, struct moment now, struct arena *arena, struct twilio_said *said);

#endif
