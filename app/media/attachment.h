/* Files that go with a mail as they are. Pure. */
#ifndef MEDIA_ATTACHMENT_H
#define MEDIA_ATTACHMENT_H

#include <stddef.h>

#include "core/base/error.h"

enum { ATTACHMENTS_BYTES_MAX = 5 * 1024 * 1024 }; /* of one mail, together; so of one file, too */

/* "application/pdf" by the end of its name; "application/octet-stream" if it says nothing. */
const char *attachment_type(const char *name);

/* INVALID names the field "file": it is empty, too large, or a program, which mail servers refuse. */
bool attachment_check(const char *name, const char *bytes, size_t size, struct error *err) MUST_CHECK;

#endif
