/* Whose address is at a domain that takes no mail (audience/domains). */
#ifndef AUDIENCE_CONTACTS_BAD_DOMAIN_H
#define AUDIENCE_CONTACTS_BAD_DOMAIN_H

#include "core/store/store.h"

/* Makes everybody at these domains say so, and nobody else. */
bool contact_mark_bad(struct store *store, const struct strings *domains, struct error *err) MUST_CHECK;

#endif
