/* The page of one contact. */
#ifndef CONSOLE_PERSON_PAGES_H
#define CONSOLE_PERSON_PAGES_H

#include "core/http/exchange.h"

extern const struct route person_routes[];

#endif
