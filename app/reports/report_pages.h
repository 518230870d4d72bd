#ifndef REPORTS_REPORT_PAGES_H
#define REPORTS_REPORT_PAGES_H

#include "core/http/exchange.h"

extern const struct route report_routes[];

#endif
