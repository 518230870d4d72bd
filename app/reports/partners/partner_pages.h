#ifndef REPORTS_PARTNERS_PARTNER_PAGES_H
#define REPORTS_PARTNERS_PARTNER_PAGES_H

#include "core/http/exchange.h"

extern const struct route partner_routes[];

#endif
