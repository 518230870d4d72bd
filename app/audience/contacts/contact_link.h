/* What a contact shows of the customer of another system that it is linked to (audience/customers finds out which). */
#ifndef AUDIENCE_CONTACTS_CONTACT_LINK_H
#define AUDIENCE_CONTACTS_CONTACT_LINK_H

#include "audience/contacts/contact.h"

struct contact_link {
	const char *contact_id; /* NULL: everybody who is linked to the customer by hand */
	const char *customer_id, *how, *run_id;
	const char *usage_segment; /* NULL: unknown */
	const struct strings *groups;
};

/* Links made by hand are never made otherwise, only renewed. */
bool contact_save_links(struct store *store, const struct contact_link *links, int count, struct error *err) MUST_CHECK;

/* Links that this run did not renew go, but for those made by hand. */
bool contact_drop_links(struct store *store, const char *run_id, struct error *err) MUST_CHECK;

/* By hand, whatever link there was before; NULL takes it away. *found is false when there is no such contact. */
bool contact_link_by_hand(struct store *store, const char *contact_id, const struct contact_link *link, bool *found,
                          struct error *err) MUST_CHECK;

#endif
