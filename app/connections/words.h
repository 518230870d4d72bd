/* A connection in words, for pages and the command line. Pure. */
#ifndef CONNECTIONS_WORDS_H
#define CONNECTIONS_WORDS_H

#include "connections/connection.h"

/* "10 a second, 100 at once"; "no limit of its own". `sms`: text messages, else emails. */
const char *limits_words(const struct connection_limits *limits, bool sms, struct arena *arena);

/* Where it is: "smtp.acme.example:587"; the host of an API. NULL: it says nothing. */
const char *connection_server(const struct connection *connection, struct arena *arena);

/* From whom it sends: an address with its name, or a number; NULL: it says nothing. */
const char *connection_sender(const struct connection *connection, struct arena *arena);

#endif
