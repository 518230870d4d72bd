/* The page of one list. */
#ifndef CONSOLE_AUDIENCE_LIST_PAGES_H
#define CONSOLE_AUDIENCE_LIST_PAGES_H

#include "core/http/exchange.h"

extern const struct route audience_list_routes[];

#endif
