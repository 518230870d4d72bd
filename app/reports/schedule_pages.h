#ifndef REPORTS_SCHEDULE_PAGES_H
#define REPORTS_SCHEDULE_PAGES_H

#include "core/http/exchange.h"

extern const struct route schedule_routes[];

#endif
