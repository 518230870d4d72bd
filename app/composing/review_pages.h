#ifndef COMPOSING_REVIEW_PAGES_H
#define COMPOSING_REVIEW_PAGES_H

#include "core/http/exchange.h"

extern const struct route review_routes[];

#endif
