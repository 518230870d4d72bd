/* Creating, changing and deleting a list of one's own: forms and API. */
#include "console/list_change_pages.h"

#include <string.h>

#include "audience/contacts/list_removal.h"
#include "audience/contacts/own.h"
#include "audience/contacts/tag.h"
#include "audience/lists/list_lookup_pages.h"
#include "console/list_answer.h"
#include "console/list_words.h"
#include "core/formats/json.h"
#include "core/http/parts.h"
#include "segments/list_rule.h"
#include "segments/people.h"

enum { TRIES = 3 }; /* of a change without a revision, when another one comes in between */

/* A list as a form sends it: tags as one text, a rule as JSON. */
struct list_form {
	const char *name, *description, *tags, *rule, *rule_tag, *base_list_id;
	unsigned list_type, tracking;
	bool is_active, double_opt_in;
	int64_t rev;
};
static const struct field form_fields[] = {
	FIELD(struct list_form, name, .max = LIST_NAME_MAX),
	FIELD(struct list_form, description, .max = LIST_DESCRIPTION_MAX),
	FIELD(struct list_form, tags, .max = LIST_TAGS_MAX * (TAG_MAX + 2)),
	FIELD(struct list_form, rule, .max = RULE_BYTES),
	FIELD(struct list_form, rule_tag, .max = TAG_MAX),
	FIELD(struct list_form, base_list_id),
	FIELD(struct list_form, list_type, .choices = &list_types),
	FIELD(struct list_form, tracking, .choices = &list_trackings),
	FIELD(struct list_form, is_active),
	FIELD(struct list_form, double_opt_in),
	FIELD(struct list_form, rev),
};
static const struct record_type list_form_record = RECORD_TYPE("ListForm", struct list_form, form_fields);

bool list_need_own(struct exchange *x, struct list *list, struct error *err) {
	bool found;
	if (!list_find(x->store, x->values[0], x->arena, list, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no list %.60s", x->values[0]);
	return list_is_own(list) || error_set(err, ERROR_CONFLICT, "EmailOctopus keeps this list: change it there");
}

/* The members that a request has: those of its JSON object; of a form all that it shows. */
static struct strings given_in(struct exchange *x) {
	static const char *in_form[] = { "name", "description",  "tags",      "tracking", "double_opt_in",
		                             "rule", "base_list_id", "list_type", "is_active" };
	enum { IN_FORM = sizeof in_form / sizeof *in_form };
	struct strings given = { in_form, params_get(&x->form, "has_active") ? IN_FORM : IN_FORM - 1 };
	if (!x->json)
		return given;
	given = (struct strings){ arena_array(x->arena, const char *, x->json->count + 1), 0 };
	for (const struct value *one = x->json->first; one; one = one->next)
		given.items[given.count++] = one->name;
	return given;
}

/* The rule as JSON; a tag counts more than what the form held. NULL without either. */
static const char *rule_of_form(const struct list_form *form, struct arena *arena) {
	BUF_AUTO out = { 0 };
	if (text_is_empty(form->rule_tag))
		return text_is_empty(form->rule) ? NULL : form->rule;
	struct value *rule = value_map(arena);
	value_put_text(rule, "field", "tag");
	value_put_text(rule, "operator", "has");
	value_put_text(rule, "value", form->rule_tag);
	json_write(&out, rule);
	return arena_copy(arena, buf_text(&out));
}

/* Fields that its kind of list does not have are hidden in the form, and may have been filled in before. */
static struct list_request request_of_form(struct exchange *x, const struct list *before) {
	const struct list_form *form = x->input;
	unsigned type = list_is_own(before) ? before->list_type : form->list_type ? form->list_type : LIST_STATIC;
	return (struct list_request){ .name = form->name,
		                          .description = form->description,
		                          .list_type = type,
		                          .tags = tag_split(x->arena, form->tags),
		                          .is_active = form->is_active,
		                          .double_opt_in = form->double_opt_in && type == LIST_STATIC,
		                          .tracking = form->tracking,
		                          .rule = type == LIST_STATIC ? NULL : rule_of_form(form, x->arena),
		                          .base_list_id = type == LIST_SEGMENTED ? form->base_list_id : NULL,
		                          .rev = form->rev };
}

/* With tags in their stored form, and the base list by our id. */
static bool read_request(struct exchange *x, const struct list *before, struct list_request *request,
                         struct error *err) {
	*request = x->wants_json ? *(const struct list_request *)x->input : request_of_form(x, before);
	struct strings tags = { arena_array(x->arena, const char *, request->tags.count + 1), 0 };
	for (int i = 0; i < request->tags.count; i++) {
		const char *tag;
		if (!own_tag(request->tags.items[i], "tags", x->arena, &tag, err))
			return false;
		if (!strings_have(&tags, tag))
			tags.items[tags.count++] = tag;
	}
	request->tags = tags;
	return list_of_request(x->store, request->base_list_id, "base_list_id", x->arena, &request->base_list_id, err);
}

/* Refuses a rule that is none, and one about lists and campaigns that are gone. */
static bool check_rule(struct exchange *x, const struct list *list, struct error *err) {
	struct rule_names names;
	struct rule_reading reading;
	const struct rule *whole;
	if (list->list_type == LIST_STATIC)
		return true;
	if (!names_read(x->store, x->arena, &names, err) ||
	    !list_rule(x->store, list, false, &names, x->arena, &whole, err) ||
	    !rule_read(list->rule, &names, x->arena, &reading, err))
		return false;
	return reading.gone.count == 0 || error_field(err, "rule", "%s", reading.gone.items[0].text);
}

/* The list after the request. */
static bool say(struct exchange *x, const struct list *before, struct list *after, struct error *err) {
	const struct list_saying saying = { given_in(x), x->identity.user, x->now };
	struct list_request request;
	return read_request(x, before, &request, err) && list_say(before, &request, &saying, after, err) &&
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

static bool change_once(struct exchange *x, struct list *before, bool *is_blind, struct error *err) {
	struct list after;
	if (!list_need_own(x, before, err) || !say(x, before, &after, err))
		return false;
	*is_blind = after.rev == COUNT_NONE;
	if (*is_blind)
		after.rev = before->rev;
	return list_save_own(x->store, &after, err);
}

static bool change(struct exchange *x, struct error *err) {
	struct list before;
	bool is_blind = false;
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
	if (!list_need_own(x, &list, err))
		return false;
	int64_t people = list_total(&list.counts);
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Delete the list “%s”?", list.name),
		.lines = { "The list is gone for good, and with it who was on it and who unsubscribed from it.",
		           people > 0 ? arena_print(x->arena, "%s.",
		                                    text_of_counted(x->arena, people, "contact is on it and stays a contact",
		                                                    "contacts are on it and stay contacts"))
		                      : "Nobody is on it." },
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

/* One control, and its row in the comparison with what somebody else saved meanwhile. */
static void put_control(struct exchange *x, struct value *view, struct value *late, const char *name, const char *label,
                        const char *stored) {
	part_field(x, view, name, exchange_typed(x, name, stored));
	put_saved(late, label, stored, exchange_typed(x, name, stored));
}

static void put_types(struct exchange *x, struct value *view, const struct list *list) {
	const char *typed = exchange_typed(x, "list_type", choice_name(&list_types, (int)list->list_type));
	struct value *types = value_put(view, "types", value_list(x->arena));
	for (unsigned type = LIST_STATIC; type < LIST_TYPE_COUNT; type++) {
		struct value *row = value_push(types, value_map(x->arena));
		value_put_text(row, "key", list_types.names[type]);
		value_put_text(row, "label", list_type_labels[type]);
		value_put_text(row, "hint", list_type_hints[type]);
		value_put_bool(row, "chosen", text_same(typed, list_types.names[type]));
	}
}

static bool put_bases(struct exchange *x, struct value *view, const struct list *list, struct error *err) {
	struct list *all;
	int count;
	if (!list_all_kinds(x->store, x->arena, &all, &count, err))
		return false;
	const char *typed = exchange_typed(x, "base_list_id", list->base_list_id);
	part_field(x, view, "base_list_id", typed);
	struct value *bases = value_put(view, "bases", value_list(x->arena));
	for (int i = 0; i < count; i++)
		if (!text_same(all[i].id, list->id) && (all[i].is_active || text_same(all[i].id, typed)))
			put_choice(bases, all[i].id, all[i].name, text_same(all[i].id, typed));
	return true;
}

static void put_trackings(struct exchange *x, struct value *view, const struct list *list) {
	const char *typed = exchange_typed(x, "tracking", choice_name(&list_trackings, (int)list->tracking));
	part_field(x, view, "tracking", typed);
	struct value *choices = value_put(view, "trackings", value_list(x->arena));
	for (int i = 0; i < LIST_TRACKING_COUNT; i++)
		put_choice(choices, list_trackings.names[i], list_tracking_labels[i],
		           text_same(typed, list_trackings.names[i]));
}

static bool typed_box(struct exchange *x, const char *name, bool stored) {
	return x->problem ? params_get(&x->form, name) != NULL : stored;
}

static bool show_form(struct exchange *x, const struct list *list, const char *title, struct error *err) {
	struct value *view = value_map(x->arena);
	bool is_new = !list->id;
	struct value *late = put_late(x, view);
	put_control(x, view, late, "name", "Name", list->name);
	put_control(x, view, late, "description", "Description", list->description);
	put_control(x, view, late, "tags", "Tags", tag_join(x->arena, &list->tags));
	value_put_text(view, "rule", exchange_typed(x, "rule", list->rule));
	value_put_text(view, "rule_words", NULL);
	part_field(x, view, "rule_tag", exchange_typed(x, "rule_tag", NULL));
	part_field(x, view, "list_type", NULL);
	put_types(x, view, list);
	put_trackings(x, view, list);
	value_put_bool(view, "double_opt_in", typed_box(x, "double_opt_in", list->double_opt_in));
	value_put_bool(view, "is_active", typed_box(x, "is_active", list->is_active));
	value_put_bool(view, "offers_base", is_new || list->list_type == LIST_SEGMENTED);
	value_put_bool(view, "offers_rule", is_new || list->list_type != LIST_STATIC);
	value_put_bool(view, "offers_members", is_new || list->list_type == LIST_STATIC);
	value_put_text(view, "list_name", list->name);
	value_put_text(view, "id", is_new ? NULL : list->id);
	value_put_text(view, "title", title);
	value_put_text(view, "rev", is_new ? NULL : exchange_revision(x, list->rev));
	return put_bases(x, view, list, err) && reply_page(x, "console/list_form", title, "lists", view, err);
}

static bool show_new(struct exchange *x, struct error *err) {
	struct list nothing;
	record_clear(&list_record, &nothing);
	nothing.list_type = LIST_STATIC;
	nothing.is_active = true;
	return show_form(x, &nothing, "New list", err);
}

static bool show_edit(struct exchange *x, struct error *err) {
	struct list list;
	return list_need_own(x, &list, err) && show_form(x, &list, arena_print(x->arena, "Edit %s", list.name), err);
}

const struct route list_change_routes[] = {
	{ "GET", "/lists/new", GUARD_SIGNED_IN, show_new },
	{ "GET", "/lists/:list_id/edit", GUARD_SIGNED_IN, show_edit },
	{ "POST", "/lists", GUARD_SIGNED_IN, create, .input = &list_form_record, .form = show_new, .creates = true },
	{ "POST", "/lists/:list_id", GUARD_SIGNED_IN, change, .input = &list_form_record, .form = show_edit },
	{ "GET", "/lists/:list_id/delete", GUARD_SIGNED_IN, ask_delete },
	{ "POST", "/lists/:list_id/delete", GUARD_SIGNED_IN, delete_list, .form = ask_delete },
	{ "POST", "/api/lists", GUARD_SIGNED_IN, create, .summary = "Create a list", .output = &list_record,
	  .shape = LIST_ANSWER_SHAPE, .input = &list_request_record, .creates = true },
	{ "PUT", "/api/lists/:list_id", GUARD_SIGNED_IN, change,
	  .summary = "Change a list of one's own: members that are not given stay as they are", .output = &list_record,
	  .shape = LIST_ANSWER_SHAPE, .input = &list_request_record },
	{ "DELETE", "/api/lists/:list_id", GUARD_SIGNED_IN, delete_list,
	  .summary = "Delete a list of one's own; its contacts stay", .shape = "deleted:bool" },
	{ 0 },
};
