/* The lists that a person is on. */
#ifndef CONSOLE_PERSON_PLACES_H
#define CONSOLE_PERSON_PLACES_H

#include "audience/contacts/contact.h"
#include "core/http/exchange.h"

struct person_place {
	struct membership membership;
	const struct list *list; /* NULL: not read yet */
	struct value *fields;    /* a map; NULL if there are none */
};

bool person_find_places(struct exchange *x, const struct contact *contact, struct person_place **places, int *count,
                        struct error *err) MUST_CHECK;

/* Adds "memberships" to an answer, "fields", of which the same of two lists is taken from the first, and "synced_at".
 */
void person_put_places(struct value *answer, const struct contact *contact, const struct person_place *places,
                       int count);

#endif
