#ifndef CONSOLE_SEARCH_PAGES_H
#define CONSOLE_SEARCH_PAGES_H

#include "core/http/exchange.h"

extern const struct route search_routes[];

#endif
