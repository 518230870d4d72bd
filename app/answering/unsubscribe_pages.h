/* Unsubscribing: the page, and what mail programs post (RFC 8058). */
#ifndef ANSWERING_UNSUBSCRIBE_PAGES_H
#define ANSWERING_UNSUBSCRIBE_PAGES_H

#include "core/http/exchange.h"

extern const struct route unsubscribe_routes[];

#endif
