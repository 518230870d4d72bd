#ifndef AUDIENCE_LISTS_LIST_PAGES_H
#define AUDIENCE_LISTS_LIST_PAGES_H

#include "core/http/exchange.h"

extern const struct route list_routes[];

#endif
