/* Two to six campaigns beside each other: their rates, and how opens and clicks came in at the same age. */
#ifndef CONSOLE_COMPARE_PAGES_H
#define CONSOLE_COMPARE_PAGES_H

#include "core/http/exchange.h"

enum { COMPARE_MIN = 2, COMPARE_MAX = 6 };

/* id= once for each campaign. */
route_handler compare_page, compare_csv, compare_api;

#endif
