/* A campaign's rates from day to day. */
#ifndef CONSOLE_ANALYTICS_PAGES_H
#define CONSOLE_ANALYTICS_PAGES_H

#include "core/http/exchange.h"

extern const struct route analytics_routes[];

#endif
