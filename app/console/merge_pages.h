/* Merging two contacts: choosing the other one, then which values win. */
#ifndef CONSOLE_MERGE_PAGES_H
#define CONSOLE_MERGE_PAGES_H

#include "core/http/exchange.h"

extern const struct route merge_routes[];

#endif
