/* Handing one message to one recipient's server by SMTP (RFC 5321), over libcurl. */
#ifndef CLIENT_SMTP_H
#define CLIENT_SMTP_H

#include <stddef.h>

#include "core/base/error.h"

struct smtp {
	const char *host, *user, *password; /* user "": no sign-in; the password is secret */
	int port;
	bool tls; /* STARTTLS must succeed (port 465: TLS from the start); false: plain, for a server on this machine */
};

/* UNAVAILABLE: nobody answers, or the server says "later" (4xx): the same may work then. INVALID: it says "never"
 * (5xx). Addresses must have been checked: they are sent as they are. */
bool smtp_send(const struct smtp *smtp, const char *from, const char *to, const char *message, size_t size,
               struct error *err) MUST_CHECK;

#endif
