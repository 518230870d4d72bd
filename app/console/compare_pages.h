/* Two to six campaigns compared: their rates, and opens and clicks at the same age. */
#ifndef CONSOLE_COMPARE_PAGES_H
#define CONSOLE_COMPARE_PAGES_H

#include "core/http/exchange.h"

/* Takes id= once per campaign. */
route_handler compare_page, compare_csv, compare_api;

#endif
