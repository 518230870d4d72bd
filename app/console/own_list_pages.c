/* The page of a list of one's own: who is on it, and adding somebody by address. */
#include "console/own_list_pages.h"

#include "audience/contacts/contact_pages.h"
#include "audience/contacts/joining.h"
#include "console/list_change_pages.h"
#include "console/list_members.h"
#include "console/list_words.h"
#include "core/formats/mail.h"
#include "core/http/parts.h"
#include "segments/people_pages.h"
#include "segments/words.h"
#include "subscribing/pending.h"
#include "subscribing/pending_pages.h"

enum { AUDIENCE_MS = 400, COUNTS_MS = 300 };

static bool put_counts(struct exchange *x, struct value *view, const struct list *list, int64_t contacts,
                       struct error *err) {
	const struct {
		const char *label, *op, *note;
		int64_t count;
	} stats[] = {
		{ "Contacts", "on", "on this list", contacts },
		{ "Subscribed", "subscribed", NULL, list->counts.subscribed },
		{ "Pending", "pending", list->double_opt_in ? "not confirmed yet" : NULL, list->counts.pending },
		{ "Unsubscribed", "unsubscribed", "from this list", list->counts.unsubscribed },
	};
	for (size_t i = 0; i < sizeof stats / sizeof *stats; i++) {
		const char *more;
		if (!list_count_more(x, list, stats[i].op, stats[i].count, &more, err))
			return false;
		part_stat(view, &(struct part_stat){ .label = stats[i].label,
		                                     .value = count_text(x->arena, stats[i].count),
		                                     .more = more,
		                                     .note = stats[i].note });
	}
	return true;
}

/* Of those who are subscribed to it, how many may be mailed, and why not the others: as far as that is counted at once;
 * the rest is fetched beside the page. */
static bool put_audience(struct exchange *x, struct value *view, const struct list *list, struct error *err) {
	struct people_query query = { .patience_ms = AUDIENCE_MS };
	const struct mailable_question question = asked_question(x);
	struct audience audience;
	BUF_AUTO text = { 0 };
	if (!list_find_rule(x, list, true, &query.rule, &query.clock, err)) {
		value_put_bool(view, "audience", false);
		return err->kind == ERROR_INVALID; /* put_rule says what is wrong */
	}
	if (!audience_count(x->store, &query, &question, x->arena, &audience, err))
		return false;
	rule_write(query.rule, &text);
	audience_put(x, view, &audience, arena_print(x->arena, "rule=%s", url_encoded(x->arena, buf_text(&text))));
	return true;
}

static void put_tabs(struct exchange *x, struct value *view, const struct list *list, int64_t contacts) {
	const char *status = params_get(&x->query, "status"), *path = arena_print(x->arena, "/lists/%s", list->id);
	const struct {
		const char *label, *status;
		int64_t count;
	} tabs[] = {
		{ "All", NULL, contacts },
		{ "Subscribed", "subscribed", list->counts.subscribed },
		{ "Pending", "pending", list->counts.pending },
		{ "Unsubscribed", "unsubscribed", list->counts.unsubscribed },
	};
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++)
		part_tab(view, tabs[i].label, exchange_address(x, path, "status", tabs[i].status),
		         tabs[i].count == COUNT_NONE ? NULL : text_of_count(x->arena, tabs[i].count),
		         text_same(tabs[i].status, text_is_empty(status) ? NULL : status));
}

static bool put_members(struct exchange *x, struct value *view, const struct list *list, struct error *err) {
	struct list_members members = { 0 };
	struct error problem;
	if (!list_read_members(x, list, CONTACT_PAGE_ROWS, &members, &problem) && !exchange_show_problem(x, &problem, err))
		return false;
	struct value *rows = value_put(view, "contacts", value_list(x->arena));
	for (int i = 0; i < members.count; i++) {
		struct value *row = value_push(rows, contact_row_view(x, &members.contacts[i]));
		enum contact_status status = list_status_of(list, &members.contacts[i]);
		bool has_left = strings_have(&members.contacts[i].own.left, list->id);
		value_put_bool(row, "can_leave", has_left || status != CONTACT_UNSUBSCRIBED);
		value_put_bool(row, "is_pending",
		               list->list_type == LIST_STATIC && status == CONTACT_PENDING &&
		                   pending_judge(&members.contacts[i], x->settings->validate_domains) == PENDING_MAY);
		value_put_text(row, "other", has_left ? "subscribed" : "unsubscribed");
		value_put_text(row, "other_label", has_left ? "Subscribe" : "Unsubscribe");
		value_put_text(row, "member", contact_statuses.names[status]);
		value_put_text(row, "member_label", contact_status_labels[status]);
	}
	value_put_int(view, "count", members.count);
	value_put_bool(view, "none", members.count == 0);
	value_put_bool(view, "is_filtered", !text_is_empty(params_get(&x->query, "status")));
	bool looks_on = members.looked != COUNT_NONE;
	value_put_text(view, "looked", looks_on ? text_of_count(x->arena, members.looked) : NULL);
	value_put_text(view, "of", looks_on ? text_of_count(x->arena, members.of) : NULL);
	value_put_bool(view, "is_part", members.next || !text_is_empty(params_get(&x->query, "cursor")));
	value_put_text(view, "next_page",
	               members.next
	                   ? exchange_address(x, arena_print(x->arena, "/lists/%s", list->id), "cursor", members.next)
	                   : NULL);
	return true;
}

/* The list of which it is a part; null for none. */
static bool put_base(struct exchange *x, struct value *view, const struct list *list, struct error *err) {
	struct list base;
	bool found = false;
	if (list->base_list_id && !list_find(x->store, list->base_list_id, x->arena, &base, &found, err))
		return false;
	struct value *row = value_put(view, "base", found ? value_map(x->arena) : value_null(x->arena));
	if (found) {
		value_put_text(row, "id", base.id);
		value_put_text(row, "name", base.name);
	}
	return true;
}

/* The rule in words; null for none. */
static bool put_rule(struct exchange *x, struct value *view, const struct list *list, struct error *err) {
	struct rule_names names;
	struct rule_reading reading;
	struct error broken = ERROR_INIT;
	const char *words = NULL;
	if (list_has_rule(list)) {
		if (!names_read(x->store, x->arena, &names, err))
			return false;
		bool fine = rule_read(list->rule, &names, x->arena, &reading, &broken);
		words = fine ? rule_words(reading.rule, x->arena) : arena_copy(x->arena, broken.text);
	}
	value_put_text(view, "rule_words", words);
	return true;
}

bool own_list_show(struct exchange *x, const struct list *list, struct error *err) {
	struct list counted = *list;
	struct value *view = value_map(x->arena);
	struct value *row = value_put(view, "list", list_own_view(x, list));
	value_put_text(row, "created_near", text_of_day_near(x->arena, list->created_at, x->now));
	value_put_text(row, "created_by", list->created_by);
	value_put_bool(view, "is_static", list->list_type == LIST_STATIC);
	value_put_text(view, "done", exchange_done(x, confirmation_done));
	value_put_bool(view, "has_tabs", !list_has_rule(list));
	if (!list_has_rule(list)) {
		int64_t patience = COUNTS_MS, contacts;
		if (!list_count_now(x, &counted, &patience, &contacts, err) || !put_counts(x, view, &counted, contacts, err))
			return false;
		put_tabs(x, view, &counted, contacts);
		value_put_bool(row, "has_pending", counted.counts.pending != 0); /* also if that takes long to count */
	}
	part_field(x, view, "email", exchange_typed(x, "email", NULL));
	return put_rule(x, view, list, err) && put_base(x, view, list, err) && put_audience(x, view, list, err) &&
	       put_members(x, view, list, err) && reply_page(x, "console/own_list", list->name, "lists", view, err);
}

static bool show_again(struct exchange *x, struct error *err) {
	struct list list;
	return list_need_own(x, &list, err) && own_list_show(x, &list, err);
}

struct add_request {
	const char *email;
};
static const struct field add_fields[] = { FIELD(struct add_request, email, .max = 254) };
static const struct record_type add_record = RECORD_TYPE("ListAddition", struct add_request, add_fields);

/* Somebody who is known, by address. */
static bool add_by_address(struct exchange *x, struct error *err) {
	const struct add_request *request = x->input;
	const char *norm = contact_norm(x->arena, request->email);
	struct list list;
	struct contact *contacts;
	int count;
	int64_t added;
	if (!list_need_own(x, &list, err))
		return false;
	if (list.list_type != LIST_STATIC)
		return error_set(err, ERROR_CONFLICT, "A rule says who is on this list: nobody is added by hand");
	if (!norm)
		return error_field(err, "email", "Enter the email address of a contact");
	if (!contact_find_by_addresses(x->store, &(struct strings){ &norm, 1 }, x->arena, &contacts, &count, err))
		return false;
	if (count == 0)
		return error_field(err, "email", "%.254s is no contact yet: create the contact first", request->email);
	const struct joining joining = list_joining(x, &list);
	return joining_add(x->store, &joining, &(struct strings){ &contacts[0].id, 1 }, x->arena, &added, err) &&
	       reply_redirect(x, arena_print(x->arena, "/lists/%s", list.id));
}

const struct route own_list_routes[] = {
	{ "POST", "/lists/:list_id/add", GUARD_SIGNED_IN, add_by_address, .input = &add_record, .form = show_again },
	{ 0 },
};
