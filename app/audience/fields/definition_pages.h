/* Custom fields: their definitions. */
#ifndef AUDIENCE_FIELDS_DEFINITION_PAGES_H
#define AUDIENCE_FIELDS_DEFINITION_PAGES_H

#include "core/http/exchange.h"

extern const struct route definition_routes[];

#endif
