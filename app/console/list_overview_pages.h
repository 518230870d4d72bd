/* All lists: observed and own ones. */
#ifndef CONSOLE_LIST_OVERVIEW_PAGES_H
#define CONSOLE_LIST_OVERVIEW_PAGES_H

#include "core/http/route.h"

extern const struct route list_overview_routes[];

#endif
