/* The page of a link that asks for a confirmation. */
#ifndef SUBSCRIBING_CONFIRM_PAGES_H
#define SUBSCRIBING_CONFIRM_PAGES_H

#include "core/http/exchange.h"

extern const struct route confirm_routes[];

#endif
