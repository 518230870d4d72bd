/* Creating, changing and deleting a list of one's own: forms and API. */
#include "console/list_change_pages.h"

#include "audience/contacts/list_removal.h"
#include "console/list_answer.h"
#include "console/list_form.h"
#include "console/list_members.h"
#include "core/http/parts.h"
#include "segments/builder_pages.h"
#include "segments/list_rule.h"
#include "segments/people.h"

struct tracking_form {
	unsigned tracking;
};
static const struct field tracking_fields[] = {
	FIELD(struct tracking_form, tracking, .choices = &list_trackings, .flags = FIELD_REQUIRED),
};
static const struct record_type tracking_form_record = RECORD_TYPE("ListTrackingForm", struct tracking_form,
                                                                   tracking_fields);

enum { TRIES = 3 }; /* of a change without a revision, when another one comes in between */

bool list_need_own(struct exchange *x, struct list *list, struct error *err) {
	bool found;
	if (!list_find(x->store, x->values[0], x->arena, list, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no list %.60s", x->values[0]);
	return list_is_own(list) || error_set(err, ERROR_CONFLICT, "EmailOctopus keeps this list: change it there");
}

/* Refuses a rule that is none, and one about lists and campaigns that are gone. */
static bool check_rule(struct exchange *x, const struct list *list, struct error *err) {
	struct rule_names names;
	struct rule_reading reading;
	const struct rule *whole;
	if (list->list_type == LIST_STATIC)
		return true;
	if (!names_read(x->store, x->arena, &names, err))
		return false;
	bool fine = rule_read(list->rule, &names, x->arena, &reading, err);
	rule_builder_problems(x, &reading.problems);
	if (!fine)
		return err->kind == ERROR_INVALID && error_field(err, "rule", "%s", arena_copy(x->arena, err->text));
	if (reading.gone.count)
		return error_field(err, "rule", "%s", reading.gone.items[0].text);
	return list_rule(x->store, list, false, &names, x->arena, &whole, err);
}

/* The list after the request. */
static bool say(struct exchange *x, const struct list *before, struct list *after, struct error *err) {
	const struct list_saying saying = { list_given(x), x->identity.user, x->now };
	struct list_request request;
	return list_read_request(x, before, &request, err) && list_say(before, &request, &saying, after, err) &&
	       check_rule(x, after, err);
}

static bool reply_list(struct exchange *x, const char *id, struct error *err) {
	struct list list;
	struct value *answer;
	int64_t patience = PEOPLE_COUNT_MS;
	bool found;
	return list_find(x->store, id, x->arena, &list, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no list %.60s", id)) &&
	       list_answer(x, &list, &patience, &answer, err) &&
	       reply_done(x, arena_print(x->arena, "/lists/%s", list.id), answer);
}

static bool create(struct exchange *x, struct error *err) {
	const struct list_saying saying = { { 0 }, x->identity.user, x->now };
	const struct list fresh = list_fresh(exchange_new_id(x), &saying);
	struct list list;
	if (!say(x, &fresh, &list, err))
		return false;
	list.updated_at = list.created_at;
	return list_create(x->store, &list, err) && reply_list(x, list.id, err);
}

/* Two that are changed at once may each become a part of the other, which neither sees before: of those who look after
 * they have written, at least one does, and takes its own back. */
static bool look_again(struct exchange *x, const struct list *before, struct error *err) {
	struct list *own;
	int count;
	if (!list_all_own_now(x->store, x->arena, &own, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		if (!text_same(own[i].id, before->id) || !list_is_in_itself(&own[i], own, count))
			continue;
		struct list back = *before;
		back.rev = own[i].rev;
		if (!list_save_own(x->store, &back, err) && !store_is_stale(err))
			return false;
		(void)error_field(err, "base_list_id", "The other list became a part of this one at the same moment");
		err->kind = ERROR_CONFLICT;
		return false;
	}
	return true;
}

static bool change_once(struct exchange *x, struct list *before, bool *is_blind, struct error *err) {
	struct list after;
	if (!list_need_own(x, before, err) || !say(x, before, &after, err))
		return false;
	*is_blind = after.rev == COUNT_NONE;
	if (*is_blind)
		after.rev = before->rev;
	return list_save_own(x->store, &after, err) && look_again(x, before, err);
}

/* All else is the provider's. */
static bool change_observed(struct exchange *x, const struct list *list, struct error *err) {
	const struct list_saying saying = { list_given(x), x->identity.user, x->now };
	const bool is_form = !x->json;
	const unsigned tracking = is_form ? ((const struct tracking_form *)x->input)->tracking
	                                  : ((const struct list_request *)x->input)->tracking;
	for (int i = 0; !is_form && i < saying.given.count; i++)
		if (!text_same(saying.given.items[i], "tracking"))
			return error_set(err, ERROR_CONFLICT,
			                 "EmailOctopus keeps this list: change it there. Only its tracking is decided here");
	return (list->tracking == tracking ||
	        list_decide_tracking(x->store, list->id, (enum list_tracking)tracking, &saying, err)) &&
	       reply_list(x, list->id, err);
}

static bool change_tracking(struct exchange *x, struct error *err) {
	struct list list;
	bool found;
	if (!list_find(x->store, x->values[0], x->arena, &list, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no list %.60s", x->values[0]);
	return list_is_own(&list) ? error_set(err, ERROR_CONFLICT, "This list is your own: edit it")
	                          : change_observed(x, &list, err);
}

static bool change(struct exchange *x, struct error *err) {
	struct list before;
	bool is_blind = false, found;
	if (!list_find(x->store, x->values[0], x->arena, &before, &found, err))
		return false;
	if (found && !list_is_own(&before) && x->json && x->json->count)
		return change_observed(x, &before, err);
	for (int tries = TRIES; tries > 0; tries--) {
		if (change_once(x, &before, &is_blind, err))
			return reply_list(x, before.id, err);
		if (!store_is_stale(err) || !is_blind)
			break;
	}
	return store_is_stale(err) && exchange_stale(x, &list_record, &before, err);
}

/* A list of which another one is a part stays. */
static bool check_parts(struct exchange *x, const struct list *list, struct error *err) {
	struct list *own;
	int count;
	if (!list_all_own(x->store, x->arena, &own, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (text_same(own[i].base_list_id, list->id))
			return error_set(err, ERROR_CONFLICT, "The list “%.60s” is a part of this one: delete that one first",
			                 own[i].name);
	return true;
}

static bool ask_delete(struct exchange *x, struct error *err) {
	struct list list;
	int64_t patience = PEOPLE_COUNT_MS, people;
	if (!list_need_own(x, &list, err) || !list_count_now(x, &list, &patience, &people, err))
		return false;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Delete the list “%s”?", list.name),
		.lines = { "The list is gone for good, and with it who was on it and who unsubscribed from it.",
		           people > 0    ? arena_print(x->arena, "%s.",
		                                       text_of_counted(x->arena, people, "contact is on it and stays a contact",
		                                                       "contacts are on it and stay contacts"))
		           : people == 0 ? "Nobody is on it."
		                         : "Its contacts stay contacts." },
		.button = "Delete list",
		.back = arena_print(x->arena, "/lists/%s/edit", list.id),
		.place = list.name,
		.active = "lists",
	};
	return reply_confirm(x, &confirm, err);
}

static bool delete_list(struct exchange *x, struct error *err) {
	struct list list;
	return list_need_own(x, &list, err) && check_parts(x, &list, err) &&
	       list_remove(x->store, list.id, x->now, x->arena, err) && reply_deleted(x, "/lists");
}

static bool show_new(struct exchange *x, struct error *err) {
	struct list nothing;
	record_clear(&list_record, &nothing);
	nothing.list_type = LIST_STATIC;
	nothing.is_active = true;
	return list_show_form(x, &nothing, "New list", err);
}

static bool show_edit(struct exchange *x, struct error *err) {
	struct list list;
	return list_need_own(x, &list, err) && list_show_form(x, &list, arena_print(x->arena, "Edit %s", list.name), err);
}

/* The form as it would be after a button of its builder, or to be counted. */
static bool preview(struct exchange *x, struct error *err) {
	const char *id = params_get(&x->form, "list_id");
	struct list list;
	bool found;
	if (text_is_empty(id))
		return show_new(x, err);
	return list_find(x->store, id, x->arena, &list, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no list %.60s", id)) &&
	       list_show_form(x, &list, arena_print(x->arena, "Edit %s", list.name), err);
}

const struct route list_change_routes[] = {
	{ "GET", "/lists/new", GUARD_SIGNED_IN, show_new },
	{ "GET", "/lists/:list_id/edit", GUARD_SIGNED_IN, show_edit },
	{ "POST", LIST_PREVIEW, GUARD_SIGNED_IN, preview },
	{ "POST", "/lists", GUARD_SIGNED_IN, create, .input = &list_form_record, .form = show_new, .creates = true },
	{ "POST", "/lists/:list_id", GUARD_SIGNED_IN, change, .input = &list_form_record, .form = show_edit },
	{ "POST", "/lists/:list_id/tracking", GUARD_SIGNED_IN, change_tracking, .input = &tracking_form_record },
	{ "GET", "/lists/:list_id/delete", GUARD_SIGNED_IN, ask_delete },
	{ "POST", "/lists/:list_id/delete", GUARD_SIGNED_IN, delete_list, .form = ask_delete },
	{ "POST", "/api/lists", GUARD_SIGNED_IN, create, .summary = "Create a list", .output = &list_record,
	  .shape = LIST_ANSWER_SHAPE, .input = &list_request_record, .creates = true },
	{ "PUT", "/api/lists/:list_id", GUARD_SIGNED_IN, change,
	  .summary = "Change a list of one's own: members that are not given stay as they are. Of an observed one, "
	             "only tracking",
	  .output = &list_record, .shape = LIST_ANSWER_SHAPE, .input = &list_request_record },
	{ "DELETE", "/api/lists/:list_id", GUARD_SIGNED_IN, delete_list,
	  .summary = "Delete a list of one's own; its contacts stay", .shape = "deleted:bool" },
	{ 0 },
};
