/* The people of a list. */
#include "console/list_members.h"

#include "core/store/page.h"

enum contact_status list_status_of(const struct list *list, const struct contact *contact) {
	if (strings_have(&contact->unsubscribed_ids, list->id))
		return CONTACT_UNSUBSCRIBED;
	return strings_have(&contact->subscribed_ids, list->id) ? CONTACT_SUBSCRIBED : CONTACT_PENDING;
}

struct joining list_joining(const struct exchange *x, const struct list *list) {
	return (struct joining){ .list_id = list->id,
		                     .status = list->double_opt_in ? CONTACT_PENDING : CONTACT_SUBSCRIBED,
		                     .by = x->identity.user,
		                     .now = x->now };
}

/* The condition of each status; an index begins with each of these members. */
static bool read_status(struct exchange *x, const struct list *list, struct condition *first, struct condition *second,
                        struct error *err) {
	const char *status = params_get(&x->query, "status");
	*first = eq_id("list_ids", list->id);
	*second = anything();
	if (text_is_empty(status))
		return true;
	if (text_same(status, "subscribed") || text_same(status, "unsubscribed")) {
		*first = eq_id(text_same(status, "subscribed") ? "subscribed_ids" : "unsubscribed_ids", list->id);
		return true;
	}
	*second = ne_id("subscribed_ids", list->id);
	return text_same(status, "pending") ||
	       error_field(err, "status", "“%.40s” is not a status. Use subscribed, pending or unsubscribed", status);
}

bool list_read_members(struct exchange *x, const struct list *list, int limit, struct list_members *members,
                       struct error *err) {
	struct condition first, second;
	struct page page;
	if (!read_status(x, list, &first, &second, err))
		return false;
	bool is_pending = second.op != FILTER_ANYTHING;
	const struct page_query query = {
		.filter = FILTER(first, second, is_pending ? ne_id("unsubscribed_ids", list->id) : anything()),
		.by = "email_norm",
		.unique = true,
		.cursor = params_get(&x->query, "cursor"),
		.limit = limit,
	};
	if (!store_page(x->store, "contacts", &query, &contact_record, x->arena, &page, err))
		return false;
	*members = (struct list_members){ page.rows.items, page.rows.count, page.next };
	return true;
}
