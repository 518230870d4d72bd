/* Signing in to the mail server of a connection: the same for a test and for sending. */
#ifndef CONNECTIONS_ACCOUNT_H
#define CONNECTIONS_ACCOUNT_H

#include "connections/connection.h"
#include "core/client/smtp.h"

/* Pure. `from`: whose domain we greet with; NULL or "": none. `password` is secret. What it points to must outlive the
 * account, and the settings and the connection, too. */
struct smtp_account connection_account(const struct connection *connection, const struct settings *settings,
                                       const char *from, const char *password, struct arena *arena);

#endif
