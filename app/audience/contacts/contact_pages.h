/* The list of contacts, and what it shares with other pages. */
#ifndef AUDIENCE_CONTACTS_CONTACT_PAGES_H
#define AUDIENCE_CONTACTS_CONTACT_PAGES_H

#include "audience/contacts/contact.h"
#include "core/http/exchange.h"

enum { CONTACT_PAGE_ROWS = 50, CONTACT_API_MAX = 500 };

/* A row of the list as template data. */
struct value *contact_row_view(const struct exchange *x, const struct contact *contact);

extern const struct route contact_routes[];

#endif
