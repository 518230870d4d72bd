/* Storage of links from contacts to customers. */
#include "audience/contacts/contact_link.h"

#include <string.h>

static const char CONTACTS[] = "contacts", BY_HAND[] = "manual";

/* The edits that set the link. */
#define LINKED(link)                                                                          \
	set_text("customer_id", (link)->customer_id), set_text("customer_link", (link)->how),     \
		set_id("customer_run", (link)->run_id),                                               \
		set_text("usage_segment", (link)->usage_segment ? (link)->usage_segment : "unknown"), \
		set_strings("customer_groups", (link)->groups)

#define UNLINKED                                                                                 \
	unset("customer_id"), unset("customer_link"), unset("customer_run"), unset("usage_segment"), \
		unset("customer_groups")

bool contact_save_links(struct store *store, const struct contact_link *links, int count, struct error *err) {
	struct bulk *bulk = bulk_open(store, CONTACTS);
	for (const struct contact_link *link = links; link < links + count; link++) {
		if (link->contact_id)
			bulk_update(bulk, FILTER(by_id(link->contact_id), ne_text("customer_link", BY_HAND)), UPDATE(LINKED(link)));
		else
			bulk_update(bulk, FILTER(eq_text("customer_id", link->customer_id), eq_text("customer_link", BY_HAND)),
			            UPDATE(LINKED(link)));
	}
	return bulk_run(bulk, NULL, err);
}

bool contact_drop_links(struct store *store, const char *run_id, struct error *err) {
	return store_update_all(store, CONTACTS,
	                        FILTER(is_present("customer_id"), ne_id("customer_run", run_id),
	                               ne_text("customer_link", BY_HAND)),
	                        UPDATE(UNLINKED), err);
}

bool contact_link_by_hand(struct store *store, const char *contact_id, const struct contact_link *link, bool *found,
                          struct error *err) {
	const struct filter *one = FILTER(by_id(text_after(contact_id, "contact_")));
	return link ? store_update(store, CONTACTS, one, UPDATE(LINKED(link)), found, err)
	            : store_update(store, CONTACTS, one, UPDATE(UNLINKED), found, err);
}
