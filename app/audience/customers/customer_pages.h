#ifndef AUDIENCE_CUSTOMERS_CUSTOMER_PAGES_H
#define AUDIENCE_CUSTOMERS_CUSTOMER_PAGES_H

#include "core/http/exchange.h"

extern const struct route customer_routes[];

#endif
