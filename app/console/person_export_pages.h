/* Everything about a person, as page and JSON. */
#ifndef CONSOLE_PERSON_EXPORT_PAGES_H
#define CONSOLE_PERSON_EXPORT_PAGES_H

#include "core/http/exchange.h"
#include "subscribing/confirm_pages.h"

/* What people do of this themselves, by a link that they got by mail (subscribing/confirm_pages.h). */
extern const struct confirm_deeds person_deeds;

extern const struct route person_export_routes[];

#endif
