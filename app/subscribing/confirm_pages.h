/* The page of a link that asks for a confirmation. */
#ifndef SUBSCRIBING_CONFIRM_PAGES_H
#define SUBSCRIBING_CONFIRM_PAGES_H

#include "audience/contacts/contact.h"
#include "core/http/exchange.h"

/* What rooms that stand on this one do, once somebody has confirmed that they want it. `everything`: as person_export;
 * `erase`: as person_erase. */
struct confirm_deeds {
	bool (*everything)(struct store *store, const struct contact *contact, struct moment now, struct arena *arena,
	                   struct value **all, struct error *err);
	bool (*erase)(struct store *store, const char *id, struct moment now, struct arena *arena, struct error *err);
};
void confirm_use(const struct confirm_deeds *deeds); /* at the start of a program; kept */

extern const struct route confirm_routes[];

#endif
