/* Asking those who are pending on a list to confirm: all of them on a page of its own, one by a button. */
#ifndef SUBSCRIBING_PENDING_PAGES_H
#define SUBSCRIBING_PENDING_PAGES_H

#include "core/http/exchange.h"

/* For exchange_done of the pages that have the button: one was asked. */
extern const char *const confirmation_done[][2];

extern const struct route pending_routes[];

#endif
