/* An email, planned once and written for each person: its parts are encoded in the plan, and only what differs between
 * people is encoded when a mail is written. Pure. */
#ifndef CONTENT_MESSAGE_H
#define CONTENT_MESSAGE_H

#include "content/program.h"

/* A file in a mail: beside the HTML, which shows it by "cid:ID", or attached. */
struct message_file {
	const char *name;       /* of the file, in any letters */
	const char *type;       /* "image/png" */
	const char *content_id; /* "logo@mail.example.com", unique in the mail; NULL: it is attached */
	const char *bytes;
	size_t size;
};

struct message_files {
	const struct message_file *items;
	int count;
};

enum { MESSAGE_FILES_MAX = 50 };

/* Pure. May they be in one mail? INVALID names "attachments" or "inlines". */
bool message_check_files(const struct message_files *files, struct error *err) MUST_CHECK;

struct message_plan;

/* Compiled from the names of one list, each with its own names. */
struct message_sources {
	const struct program *subject, *from_name; /* FORM_HEADER; from_name may be NULL */
	const struct program *text;                /* FORM_PLAIN */
	const struct program *html;                /* FORM_HTML; NULL: text only */
	struct message_files inlines, attachments; /* the same for everybody, so encoded once */
	const struct message_plan *like;           /* its attachments are these, encoded already; NULL: encode them */
};

/* Files without HTML to show them are left out. */
struct message_plan *message_plan(const struct message_sources *sources, struct arena *arena);

/* How many bytes its attachments have in a mail. */
size_t message_attached_bytes(const struct message_plan *plan);

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
	struct message_files inlines; /* of this person alone: a QR code */
};

/* Appends the mail with CRLF line ends; no line is longer than 998 bytes, and of the bodies none than 76. INVALID: the
 * subject is empty, or a header of `headers` is not one. */
bool message_write(const struct message_plan *plan, const struct message *message, struct buf *out,
                   struct error *err) MUST_CHECK;

#endif
