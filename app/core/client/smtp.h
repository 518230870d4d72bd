/* Sending one message to one recipient by SMTP (RFC 5321), with libcurl. */
#ifndef CLIENT_SMTP_H
#define CLIENT_SMTP_H

#include <stddef.h>

#include "core/base/error.h"

struct smtp {
	const char *host, *user, *password; /* user "": no authentication; the password is secret */
	int port;
	bool tls; /* STARTTLS is required (port 465: TLS from the start); false: plain text, for a local server */
};

/* UNAVAILABLE: no answer, or a temporary failure (4xx); retry later. INVALID: a permanent failure (5xx). The addresses
 * must have been validated: they are sent as they are. */
bool smtp_send(const struct smtp *smtp, const char *from, const char *to, const char *message, size_t size,
               struct error *err) MUST_CHECK;

#endif
