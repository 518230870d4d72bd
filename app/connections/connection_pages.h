#ifndef CONNECTIONS_CONNECTION_PAGES_H
#define CONNECTIONS_CONNECTION_PAGES_H

#include "connections/connection.h"
#include "core/http/exchange.h"

/* The connection in the path. MISSING: there is none. */
bool connection_of_address(struct exchange *x, struct connection *connection, struct error *err) MUST_CHECK;

/* Answers an action: a form with the connection's page, a client with the connection as it is now. */
bool reply_connection(struct exchange *x, const char *id, const char *done, struct error *err) MUST_CHECK;

extern const struct route connection_routes[], connection_change_routes[];

#endif
