/* Building an email message (RFC 5322, MIME) with GMime. */
#ifndef FORMATS_MAIL_H
#define FORMATS_MAIL_H

#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/moment.h"

struct mail {
	const char *from, *to, *subject, *text; /* addresses as mail_ascii_address gives them; text is UTF-8 */
	const char *html;                       /* the same for mail programs that show HTML; NULL for none */
	const char *from_name;                  /* shown before the address; NULL or "" for none */
	const char *id;                         /* left side of the Message-ID: use the same one for the same message */
	struct moment date;
	const char *file_name, *file_type; /* an attachment; NULL for none */
	const char *file;
	size_t file_size;
};

/* local@domain: local of ASCII letters, digits and the usual punctuation, a domain of letters and digits of any
 * language (IDNA 2008), at most 254 bytes in ASCII, no control characters. INVALID says what is wrong. */
bool mail_check_address(const char *address, const char *field, struct error *err) MUST_CHECK;

/* The address as it goes to a mail server, with its domain in ASCII: "info@müller.example" gives
 * "info@xn--mller-kva.example". Returns `address` itself if it is ASCII, or no address at all. */
const char *mail_ascii_address(const char *address, struct arena *arena);

/* What stands behind the last @ of an address, which may be NULL; "" if there is none. */
const char *mail_domain_part(const char *address);

/* A domain as people read it: "xn--mller-kva.example" gives "müller.example"; `domain` itself if it cannot be said so.
 */
const char *mail_shown_domain(const char *domain, struct arena *arena);

/* Appends the message, with CRLF line ends. */
void mail_write(const struct mail *mail, struct buf *out);

#endif
