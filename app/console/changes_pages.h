/* /changes as page and CSV, /api/changes. since= and until= are the moments; default: a week ago and now. */
#ifndef CONSOLE_CHANGES_PAGES_H
#define CONSOLE_CHANGES_PAGES_H

#include "core/http/exchange.h"

extern const struct record_type change_record;

route_handler changes_page, changes_csv, changes_api;

#endif
