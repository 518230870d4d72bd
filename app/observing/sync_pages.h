#ifndef OBSERVING_SYNC_PAGES_H
#define OBSERVING_SYNC_PAGES_H

#include "core/http/exchange.h"

extern const struct route sync_routes[];

#endif
