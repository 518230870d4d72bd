/* Encodings of mail: quoted-printable and base64 for bodies, encoded words for headers. Pure; lines end with CRLF. */
#ifndef CONTENT_QUOTED_H
#define CONTENT_QUOTED_H

#include <stddef.h>

#include "core/base/buf.h"

/* Appends the bytes in quoted-printable as a piece that stands alone: it begins at the beginning of a line and ends
 * there, so pieces can be put one after the other and decode to their bytes. Line ends (LF or CRLF) become CRLF. A line
 * never begins with "." or "From ", and none is longer than 76 characters. */
void quoted_add(struct buf *out, const char *bytes, size_t size);

/* Appends the bytes in base64, in lines of 76. */
void base64_add(struct buf *out, const char *bytes, size_t size);

/* Would base64 be shorter? */
bool base64_is_shorter(const char *bytes, size_t size);

/* Appends "Name: text" as a header. Text that is not ASCII, or that looks encoded, becomes encoded words of at most 75
 * characters, one a line, cut between letters and never before a mark, a joiner or a variation. Line ends and control
 * characters in the text become spaces. */
void header_add(struct buf *out, const char *name, const char *text);

/* Appends "Name: display <address>": the display name quoted if it has to be. The address is ASCII and was checked. */
void header_add_mailbox(struct buf *out, const char *name, const char *display, const char *address);

/* Appends "Name: value" as it stands, folded only at its spaces. The value is ASCII without line ends. */
void header_add_raw(struct buf *out, const char *name, const char *value);

#endif
