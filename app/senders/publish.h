/* What is to be published in the DNS for a sending domain, and what of it is there. Pure. */
#ifndef SENDERS_PUBLISH_H
#define SENDERS_PUBLISH_H

#include "senders/keys.h"

enum publish_purpose { PUBLISH_DKIM, PUBLISH_SPF, PUBLISH_DMARC };
extern const struct choices publish_purposes;

struct publish_record {
	unsigned purpose;
	const char *title; /* "DKIM, RSA" */
	const char *name, *type;
	const char *value;     /* NULL: nothing can be proposed, or nothing is to be changed */
	struct strings pieces; /* the value in strings of at most 255 bytes, as a zone file needs it */
	const char *found;     /* what is there; NULL: nothing, or it is not known */
	unsigned state;        /* enum record_state: NOT_ASKED before the first look-up */
	const char *words;     /* what is right or wrong, and what to do */
};
extern const struct record_type publish_record_type;

/* `relays`: names of the mail servers that send, from which SPF is proposed. Replaced keys come last. */
struct rows publish_records(const struct sending_domain *domain, const struct strings *relays, struct arena *arena);

/* What SPF includes for a mail server of a provider that we know; NULL: only the provider can tell. */
const char *publish_spf_include(const char *host);

/* "\"v=DKIM1; …\" \"…\"", as a zone file has it. */
const char *publish_quoted(const struct strings *pieces, struct arena *arena);

/* How the domain is doing, in a word or two, what kind of status that is on pages, and what to do, if there is. */
struct publish_health {
	const char *label, *kind, *why;
};
struct publish_health publish_health(const struct sending_domain *domain);

#endif
