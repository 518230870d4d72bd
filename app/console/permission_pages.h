/* Whether a contact may be mailed, and what they agreed to: the card on their page, the form, unsubscribing. */
#ifndef CONSOLE_PERMISSION_PAGES_H
#define CONSOLE_PERMISSION_PAGES_H

#include "audience/contacts/contact.h"
#include "core/http/exchange.h"

/* Data of views/console/person_permission.mustache. */
void permission_put(const struct exchange *x, struct value *view, const struct contact *contact);

extern const struct route permission_routes[];

#endif
