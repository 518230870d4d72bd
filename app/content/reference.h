/* Character references of HTML: "&amp;", "&#8364;", "&#x3D;". */
#ifndef CONTENT_REFERENCE_H
#define CONTENT_REFERENCE_H

#include <stddef.h>

#include "core/base/buf.h"

enum { REFERENCE_BYTES = 8 };

/* Reads the reference that begins with the "&" at `at`: its UTF-8 in out, NUL-terminated. Returns the bytes it takes;
 * 0: it is none. Some stand without their semicolon, but not before a letter, digit or "=" in an attribute. */
size_t reference_read(const char *at, const char *end, bool in_attribute, char out[REFERENCE_BYTES]);

/* Appends the bytes with their references decoded once. */
void references_decode(struct buf *out, const char *from, const char *to, bool in_attribute);

#endif
