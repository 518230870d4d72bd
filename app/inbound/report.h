/* What a mail that came back says: a bounce (RFC 3464), a complaint (RFC 5965), an automatic answer, or something else.
 * Pure. */
#ifndef INBOUND_REPORT_H
#define INBOUND_REPORT_H

#include "core/base/choice.h"
#include "core/formats/mime.h"
#include "sending/refusal.h"

enum inbound_kind {
	INBOUND_HARD,         /* nobody has this address */
	INBOUND_SOFT,         /* it did not arrive for another reason: the address stays good */
	INBOUND_DELAYED,      /* it is still being tried */
	INBOUND_COMPLAINT,    /* it was marked as spam */
	INBOUND_AUTOMATIC,    /* somebody is on holiday */
	INBOUND_OTHER,        /* nothing that is understood, such as a person's answer */
	INBOUND_UNSUBSCRIBED, /* they want nothing more, as a provider knows */
	INBOUND_STOP,         /* they answered STOP to a text message */
	INBOUND_START,        /* they take that back */
	INBOUND_KIND_COUNT,
};
extern const struct choices inbound_kinds; /* "hard_bounce" … */

struct inbound_report {
	enum inbound_kind kind;
	const char *recipient; /* as the report names it, in small letters; NULL: it does not */
	const char *status;    /* "5.1.1"; NULL: none */
	const char *words;     /* what the other server said, or what was complained of; NULL: nothing */
};

/* A delivery report counts as one whatever else the mail says of itself; a complaint comes before an automatic
 * answer. */
void inbound_judge(const struct mime_parts *parts, struct arena *arena, struct inbound_report *report);

/* What a bounce with this status and these words of the other server is. */
enum inbound_kind inbound_bounce(const char *status, const char *words);

/* "5.1.1 (no such user)" → "5.1.1"; NULL: it is no status of a failure. */
const char *inbound_status(const char *value, struct arena *arena);

/* The beginning of what was said, in whole characters. */
const char *inbound_cut(const char *text, struct arena *arena);

/* The token in the address to which a mail came back, "b-TOKEN@…", also if a mail system wrote something before it
 * ("prvs=…=b-TOKEN@…"); NULL: it has none. In small letters. */
const char *inbound_token(const char *address, struct arena *arena);

#endif
