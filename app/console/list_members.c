/* The people of a list. */
#include "console/list_members.h"

#include "core/store/page.h"
#include "segments/asked_pages.h"
#include "segments/list_rule.h"
#include "segments/people.h"

enum contact_status list_status_of(const struct list *list, const struct contact *contact) {
	if (strings_have(&contact->unsubscribed_ids, list->id))
		return CONTACT_UNSUBSCRIBED;
	if (list_has_rule(list))
		return (enum contact_status)contact->status;
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
	return text_same(status, "pending") || error_field(err, "status", "“%.40s” is not a status", status) ||
	       error_codes(err, ". Use subscribed, pending or unsubscribed");
}

bool list_has_rule(const struct list *list) {
	return list->list_type == LIST_DYNAMIC || list->list_type == LIST_SEGMENTED;
}

bool list_find_rule(struct exchange *x, const struct list *list, bool subscribed, const struct rule **rule,
                    struct rule_clock *clock, struct error *err) {
	struct rule_names names;
	*clock = asked_clock(x);
	return names_read(x->store, x->arena, &names, err) &&
	       list_rule(x->store, list, subscribed, &names, x->arena, rule, err);
}

static bool count_members(struct exchange *x, struct list *list, int64_t ms, int64_t *contacts, struct error *err) {
	if (!contact_count_list(x->store, list->id, ms, &list->counts, err))
		return false;
	*contacts = list->counts.subscribed == COUNT_NONE ? COUNT_NONE : list_total(&list->counts);
	return true;
}

static bool count_by_rule(struct exchange *x, const struct list *list, int64_t ms, int64_t *contacts,
                          struct error *err) {
	struct people_query query = { .patience_ms = (int)ms };
	struct people_count found;
	if (ms <= 0)
		return true;
	if (!list_find_rule(x, list, false, &query.rule, &query.clock, err) ||
	    !people_count(x->store, &query, x->arena, &found, err))
		return err->kind == ERROR_INVALID; /* its rule names what is gone: not counted */
	*contacts = found.progress.next ? COUNT_NONE : found.people;
	return true;
}

bool list_count_now(struct exchange *x, struct list *list, int64_t *patience_ms, int64_t *contacts, struct error *err) {
	int64_t began = monotonic_ms();
	*contacts = COUNT_NONE;
	if (list->list_type == LIST_OBSERVED)
		*contacts = list_total(&list->counts);
	else if (list_has_rule(list) ? !count_by_rule(x, list, *patience_ms, contacts, err)
	                             : !count_members(x, list, *patience_ms, contacts, err))
		return false;
	*patience_ms -= monotonic_ms() - began;
	return true;
}

bool list_count_more(struct exchange *x, const struct list *list, const char *op, int64_t count, const char **address,
                     struct error *err) {
	const char *text = list_rule_text(op, list->id, x->arena);
	BUF_AUTO written = { 0 };
	*address = NULL;
	if (count != COUNT_NONE)
		return true;
	if (list_has_rule(list)) {
		const struct rule *rule;
		struct rule_clock clock;
		if (!list_find_rule(x, list, false, &rule, &clock, err))
			return err->kind == ERROR_INVALID;
		rule_write(rule, &written);
		text = buf_text(&written);
	}
	*address = arena_print(x->arena, "/segments/count?rule=%s&reasons=false", url_encoded(x->arena, text));
	return true;
}

static bool read_by_rule(struct exchange *x, const struct list *list, int limit, struct list_members *members,
                         struct error *err) {
	struct people_query query = { .cursor = params_get(&x->query, "cursor"), .patience_ms = PEOPLE_PAGE_MS };
	struct people_page page;
	if (!list_find_rule(x, list, false, &query.rule, &query.clock, err) ||
	    !people_page(x->store, &query, limit, x->arena, &page, err))
		return false;
	*members = (struct list_members){ page.contacts, page.count, page.progress.next, page.progress.looked,
		                              page.progress.of };
	return true;
}

bool list_read_members(struct exchange *x, const struct list *list, int limit, struct list_members *members,
                       struct error *err) {
	struct condition first, second;
	struct page page;
	if (list_has_rule(list))
		return read_by_rule(x, list, limit, members, err);
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
	*members = (struct list_members){ page.rows.items, page.rows.count, page.next, COUNT_NONE, COUNT_NONE };
	return true;
}
