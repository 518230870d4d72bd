/* Merging two contacts. */
#include "console/merge_pages.h"

#include "audience/contacts/contact_answer.h"
#include "console/merging.h"
#include "core/http/parts.h"

struct merge_request {
	const char *with;
	struct strings take;
};
static const struct field merge_fields[] = {
	FIELD(struct merge_request, with, .flags = FIELD_REQUIRED, .max = 254,
	      .doc = "The contact that goes: its id or address"),
	FIELD(struct merge_request, take, .max = 10,
	      .doc = "Members whose value is that of the other one: first_name, last_name, phone, company, job_title, "
	             "location"),
};
static const struct record_type merge_record = RECORD_TYPE("ContactMerge", struct merge_request, merge_fields);

static bool find_either(struct exchange *x, const char *named, struct contact *contact, bool *found,
                        struct error *err) {
	const char *norm = contact_norm(x->arena, named);
	struct contact *rows;
	int count;
	if (!contact_find(x->store, named, x->arena, contact, found, err) || *found || !norm)
		return err->kind == ERROR_NONE || *found || !norm;
	if (!contact_find_by_addresses(x->store, &(struct strings){ &norm, 1 }, x->arena, &rows, &count, err))
		return false;
	*found = count > 0;
	if (*found)
		*contact = rows[0];
	return true;
}

static bool need_both(struct exchange *x, const char *with, struct contact *stays, struct contact *goes,
                      struct error *err) {
	bool found;
	if (!contact_need(x->store, x->values[0], x->arena, stays, err) || !find_either(x, with, goes, &found, err))
		return false;
	if (!found)
		return error_field(err, "with", "There is no contact “%.100s”", with);
	return !text_same(stays->id, goes->id) || error_field(err, "with", "This is the same contact");
}

static const char *who(const struct contact *contact) {
	return contact->email ? contact->email : contact->profile.phone;
}

static void put_members(struct exchange *x, struct value *view, const struct contact *stays,
                        const struct contact *goes) {
	struct value *rows = value_put(view, "members", value_list(x->arena));
	for (int i = 0; merge_members[i]; i++) {
		const char *mine = merge_value(stays, merge_members[i]), *its = merge_value(goes, merge_members[i]);
		if (!its || text_same(mine, its))
			continue;
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "name", merge_members[i]);
		value_put_text(row, "label", merge_labels[i]);
		value_put_text(row, "mine", mine);
		value_put_text(row, "its", its);
		value_put_bool(row, "takes", !mine);
	}
	value_put_bool(view, "has_members", rows->count > 0);
}

static bool show(struct exchange *x, struct error *err) {
	const char *with = exchange_typed(x, "with", params_get(&x->query, "with"));
	struct value *view = value_map(x->arena);
	struct contact stays, goes;
	struct error problem = ERROR_INIT;
	if (!contact_need(x->store, x->values[0], x->arena, &stays, err))
		return false;
	bool both = !text_is_empty(with) && need_both(x, with, &stays, &goes, &problem);
	if (!text_is_empty(with) && !both && !x->problem && !exchange_show_problem(x, &problem, err))
		return false;
	part_field(x, view, "with", with);
	value_put_bool(view, "both", both);
	value_put_text(view, "id", stays.id);
	value_put_text(view, "title", who(&stays));
	value_put_text(view, "other_id", both ? goes.id : NULL);
	value_put_text(view, "other", both ? who(&goes) : NULL);
	value_put_int(view, "lists", both ? goes.list_ids.count : 0);
	value_put_bool(view, "on_lists", both && goes.list_ids.count > 0);
	if (both)
		put_members(x, view, &stays, &goes);
	return reply_page(x, "console/merge", arena_print(x->arena, "Merge %s", who(&stays)), "contacts", view, err);
}

static bool merge(struct exchange *x, struct error *err) {
	const struct merge_request *request = x->input;
	struct contact stays, goes;
	bool found;
	if (!need_both(x, request->with, &stays, &goes, err) ||
	    !person_merge(x->store, stays.id, goes.id, &request->take, x->identity.user, x->now, x->arena, err) ||
	    !contact_find(x->store, stays.id, x->arena, &stays, &found, err))
		return false;
	return reply_done(x, arena_print(x->arena, "/contacts/%s", stays.id), contact_answer(&stays, x->arena));
}

const struct route merge_routes[] = {
	{ "GET", "/contacts/:contact_id/merge", GUARD_SIGNED_IN, show },
	{ "POST", "/contacts/:contact_id/merge", GUARD_SIGNED_IN, merge, .input = &merge_record, .form = show },
	{ "POST", "/api/contacts/:contact_id/merge", GUARD_SIGNED_IN, merge,
	  .summary = "Merge another contact into this one", .output = &contact_record, .shape = CONTACT_ANSWER_SHAPE,
	  .input = &merge_record },
	{ 0 },
};
