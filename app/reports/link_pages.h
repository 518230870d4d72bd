#ifndef REPORTS_LINK_PAGES_H
#define REPORTS_LINK_PAGES_H

#include "core/http/exchange.h"

extern const struct route link_routes[];

#endif
