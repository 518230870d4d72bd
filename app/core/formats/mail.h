/* A message (RFC 5322, MIME), made by GMime. */
#ifndef FORMATS_MAIL_H
#define FORMATS_MAIL_H

#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/moment.h"

struct mail {
	const char *from, *to, *subject, *text; /* addresses must have passed mail_check_address; text: UTF-8 */
	const char *id;                         /* of the message, before the @: the same for the same message */
	struct moment date;
	const char *file_name, *file_type; /* an attachment; NULL for none */
	const char *file;
	size_t file_size;
};

/* local@domain with ASCII letters, digits and the usual marks, at most 254 bytes, no control characters. INVALID says
 * what is wrong. */
bool mail_check_address(const char *address, const char *field, struct error *err) MUST_CHECK;

/* Appends the message, lines ended by CRLF. */
void mail_write(const struct mail *mail, struct buf *out);

#endif
