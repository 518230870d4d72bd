/* Everything about a person, as page and JSON. */
#ifndef CONSOLE_PERSON_EXPORT_PAGES_H
#define CONSOLE_PERSON_EXPORT_PAGES_H

#include "core/http/exchange.h"

extern const struct route person_export_routes[];

#endif
