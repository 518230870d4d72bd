/* Recommendations: API and pages. */
#ifndef TEMPLATES_RECOMMENDATION_PAGES_H
#define TEMPLATES_RECOMMENDATION_PAGES_H

#include "core/http/exchange.h"

extern const struct route recommendation_routes[];

#endif
