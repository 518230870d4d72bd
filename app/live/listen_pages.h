#ifndef LIVE_LISTEN_PAGES_H
#define LIVE_LISTEN_PAGES_H

#include "core/http/exchange.h"

extern const struct route listen_routes[];

#endif
