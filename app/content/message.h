/* An email, planned once and written for each person: its parts are encoded in the plan, and only what differs between
 * people is encoded when a mail is written. Pure. */
#ifndef CONTENT_MESSAGE_H
#define CONTENT_MESSAGE_H

#include "content/program.h"

/* Compiled from the names of one list, each with its own names. */
struct message_sources {
	const struct program *subject, *from_name; /* FORM_HEADER; from_name may be NULL */
	const struct program *text;                /* FORM_PLAIN */
	const struct program *html;                /* FORM_HTML; NULL: text only */
};

struct message_plan;
struct message_plan *message_plan(const struct message_sources *sources, struct arena *arena);

struct message_header {
	const char *name, *value; /* ASCII; written as it stands, folded only at spaces */
};

/* What one mail is written from. */
struct message {
	struct rendering subject, from_name, text, html;
	const char *from, *to; /* addresses in ASCII, checked (core/formats/mail.h) */
	const char *id;        /* the left side of the Message-ID, letters and digits: the same for the same mail */
	struct moment date;
	const struct message_header *headers; /* more of them: List-Unsubscribe … */
	int header_count;
};

/* Appends the mail with CRLF line ends; no line is longer than 998 bytes, and of the bodies none than 76. INVALID: the
 * subject is empty, or a header of `headers` is not one. */
bool message_write(const struct message_plan *plan, const struct message *message, struct buf *out,
                   struct error *err) MUST_CHECK;

#endif
