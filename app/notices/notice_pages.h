#ifndef NOTICES_NOTICE_PAGES_H
#define NOTICES_NOTICE_PAGES_H

#include "core/http/exchange.h"

extern const struct route notice_routes[];

#endif
