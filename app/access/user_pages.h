#ifndef ACCESS_USER_PAGES_H
#define ACCESS_USER_PAGES_H

#include "core/http/exchange.h"

extern const struct route user_routes[];

#endif
