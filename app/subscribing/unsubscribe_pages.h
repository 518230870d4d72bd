/* Unsubscribing: the page, and what mail programs post (RFC 8058). */
#ifndef SUBSCRIBING_UNSUBSCRIBE_PAGES_H
#define SUBSCRIBING_UNSUBSCRIBE_PAGES_H

#include "core/http/exchange.h"

extern const struct route unsubscribe_routes[];

#endif
