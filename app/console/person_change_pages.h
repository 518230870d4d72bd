/* Creating, changing and erasing a contact. */
#ifndef CONSOLE_PERSON_CHANGE_PAGES_H
#define CONSOLE_PERSON_CHANGE_PAGES_H

#include "core/http/exchange.h"

extern const struct route person_change_routes[];

#endif
