/* An email that somebody else wrote, as far as what came back of a mail of ours can be told from it. Read by GMime
 * (RFC 5322, 2045 to 2047); whatever the bytes are, the texts are valid UTF-8. */
#ifndef FORMATS_MIME_H
#define FORMATS_MIME_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/text.h"

enum { MIME_BYTES = 256 * 1024, MIME_PARTS = 64, MIME_DEPTH = 8 };

/* NULL: it has none. */
struct mime_parts {
	const char *subject, *from, *return_path, *auto_submitted, *autoreply, *precedence;
	const char *status;   /* the first part message/delivery-status, decoded (RFC 3464) */
	const char *feedback; /* the first part message/feedback-report, decoded (RFC 5965) */
	const char *text;     /* the first part of plain text */
};

/* Only the first MIME_BYTES bytes, MIME_PARTS parts and MIME_DEPTH levels are looked at. False: it is no email. */
bool mime_read(const char *bytes, size_t size, struct arena *arena, struct mime_parts *parts);

/* The addresses that it came to, as its headers say: those that mail servers write (Delivered-To and its like) before
 * those of To; MIME_ADDRESSES at most. */
enum { MIME_ADDRESSES = 50 };
void mime_addresses(const char *bytes, size_t size, struct arena *arena, struct strings *addresses);

#endif
