#ifndef CONSOLE_SAVED_VIEW_PAGES_H
#define CONSOLE_SAVED_VIEW_PAGES_H

#include "core/http/exchange.h"

extern const struct route view_routes[];

#endif
