/* The link from a contact to a customer of another system (found by audience/customers). */
#ifndef AUDIENCE_CONTACTS_CONTACT_LINK_H
#define AUDIENCE_CONTACTS_CONTACT_LINK_H

#include "audience/contacts/contact.h"

/* Held (core/jobs/jobs.h) by whoever reads or links all contacts: two at a time would drop what the other one links. */
#define CONTACTS_LANE "sync"

struct contact_link {
	const char *contact_id; /* NULL: everybody linked by hand to the customer */
	const char *customer_id, *how, *run_id;
	const char *usage_segment; /* NULL if unknown */
	const struct strings *groups;
};

/* Never replaces links made by hand; only updates their data. */
bool contact_save_links(struct store *store, const struct contact_link *links, int count, struct error *err) MUST_CHECK;

/* Removes links that this run did not renew, except those made by hand. */
bool contact_drop_links(struct store *store, const char *run_id, struct error *err) MUST_CHECK;

/* Links by hand, replacing any link; NULL removes it. *found is false if there is no such contact. */
bool contact_link_by_hand(struct store *store, const char *contact_id, const struct contact_link *link, bool *found,
                          struct error *err) MUST_CHECK;

#endif
