/* The monitor of a campaign that is sent, how far it is as JSON, and its log. */
#ifndef LIVE_MONITOR_PAGES_H
#define LIVE_MONITOR_PAGES_H

#include "core/http/exchange.h"

extern const struct route monitor_routes[];

#endif
