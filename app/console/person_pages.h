/* One contact with its memberships and what it did. */
#ifndef CONSOLE_PERSON_PAGES_H
#define CONSOLE_PERSON_PAGES_H

#include "core/http/exchange.h"

extern const struct route person_routes[];

#endif
