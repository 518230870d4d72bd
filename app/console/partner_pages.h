#ifndef CONSOLE_PARTNER_PAGES_H
#define CONSOLE_PARTNER_PAGES_H

#include "core/http/exchange.h"

extern const struct route partner_overview_routes[];

#endif
