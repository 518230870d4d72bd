/* The form of a list of one's own. */
#include "console/list_form.h"

#include "audience/contacts/own.h"
#include "audience/contacts/tag.h"
#include "console/list_words.h"
#include "core/http/parts.h"
#include "segments/builder_pages.h"
#include "segments/list_rule.h"
#include "segments/segment_pages.h"

static const struct field form_fields[] = {
	FIELD(struct list_form, name, .max = LIST_NAME_MAX),
	FIELD(struct list_form, description, .max = LIST_DESCRIPTION_MAX),
	FIELD(struct list_form, public_name, .max = LIST_PUBLIC_NAME_MAX),
	FIELD(struct list_form, tags, .max = LIST_TAGS_MAX * (TAG_MAX + 2)),
	FIELD(struct list_form, base_list_id),
	FIELD(struct list_form, list_type, .choices = &list_types),
	FIELD(struct list_form, tracking, .choices = &list_trackings),
	FIELD(struct list_form, is_active),
	FIELD(struct list_form, double_opt_in),
	FIELD(struct list_form, rev),
};
const struct record_type list_form_record = RECORD_TYPE("ListForm", struct list_form, form_fields);

struct strings list_given(struct exchange *x) {
	static const char *in_form[] = { "name",          "description", "public_name",  "tags",      "tracking",
		                             "double_opt_in", "rule",        "base_list_id", "list_type", "is_active" };
	enum { IN_FORM = sizeof in_form / sizeof *in_form };
	struct strings given = { in_form, params_get(&x->form, "has_active") ? IN_FORM : IN_FORM - 1 };
	if (!x->json)
		return given;
	given = (struct strings){ arena_array(x->arena, const char *, x->json->count + 1), 0 };
	for (const struct value *one = x->json->first; one; one = one->next)
		given.items[given.count++] = one->name;
	return given;
}

/* Fields that its kind of list does not have are hidden in the form, and may have been filled in before. */
static struct list_request request_of_form(struct exchange *x, const struct list *before, const char *rule) {
	const struct list_form *form = x->input;
	unsigned type = list_is_own(before) ? before->list_type : form->list_type ? form->list_type : LIST_STATIC;
	return (struct list_request){ .name = form->name,
		                          .description = form->description,
		                          .public_name = form->public_name,
		                          .list_type = type,
		                          .tags = tag_split(x->arena, form->tags),
		                          .is_active = form->is_active,
		                          .double_opt_in = form->double_opt_in && type == LIST_STATIC,
		                          .tracking = form->tracking,
		                          .rule = type == LIST_STATIC   ? NULL
		                                  : text_is_empty(rule) ? NULL
		                                                        : rule,
		                          .base_list_id = type == LIST_SEGMENTED ? form->base_list_id : NULL,
		                          .rev = form->rev };
}

bool list_read_request(struct exchange *x, const struct list *before, struct list_request *request, struct error *err) {
	struct rule_names names;
	if (!x->wants_json && !names_read(x->store, x->arena, &names, err))
		return false;
	*request = x->wants_json ? *(const struct list_request *)x->input
	                         : request_of_form(x, before, rule_builder_read(x, &names));
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

/* As it was typed, if a form was sent; else as it is stored. */
static const char *typed_or(const struct exchange *x, const char *name, const char *stored) {
	const char *value = params_get(&x->form, name);
	return value ? value : stored;
}

/* One control, and its row in the comparison with what somebody else saved meanwhile. */
static void put_control(struct exchange *x, struct value *view, struct value *late, const char *name, const char *label,
                        const char *stored) {
	part_field(x, view, name, typed_or(x, name, stored));
	put_saved(late, label, stored, typed_or(x, name, stored));
}

static void put_types(struct exchange *x, struct value *view, const struct list *list) {
	const char *typed = typed_or(x, "list_type", choice_name(&list_types, (int)list->list_type));
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
	const char *typed = typed_or(x, "base_list_id", list->base_list_id);
	part_field(x, view, "base_list_id", typed);
	struct value *bases = value_put(view, "bases", value_list(x->arena));
	for (int i = 0; i < count; i++)
		if (!text_same(all[i].id, list->id) && (all[i].is_active || text_same(all[i].id, typed)))
			put_choice(bases, all[i].id, all[i].name, text_same(all[i].id, typed));
	return true;
}

static void put_trackings(struct exchange *x, struct value *view, const struct list *list) {
	const char *typed = typed_or(x, "tracking", choice_name(&list_trackings, (int)list->tracking));
	part_field(x, view, "tracking", typed);
	struct value *choices = value_put(view, "trackings", value_list(x->arena));
	for (int i = 0; i < LIST_TRACKING_COUNT; i++)
		put_choice(choices, list_trackings.names[i], list_tracking_labels[i],
		           text_same(typed, list_trackings.names[i]));
}

/* The rule with that of the list that it is a part of, for the preview; without a base the rule alone. */
static const char *whole_text(struct exchange *x, const struct list *list, const char *text,
                              const struct rule_names *names) {
	struct list shown = *list;
	const struct rule *whole;
	struct error ignored;
	BUF_AUTO out = { 0 };
	shown.rule = text;
	shown.list_type = LIST_SEGMENTED;
	shown.base_list_id = typed_or(x, "base_list_id", list->base_list_id);
	if (text_is_empty(shown.base_list_id) || text_is_empty(text) ||
	    !list_rule(x->store, &shown, true, names, x->arena, &whole, &ignored))
		return text;
	rule_write(whole, &out);
	return arena_copy(x->arena, buf_text(&out));
}

static bool put_rule(struct exchange *x, struct value *view, struct value *late, const struct list *list,
                     struct error *err) {
	struct rule_names names;
	if (!names_read(x->store, x->arena, &names, err))
		return false;
	const char *text = x->form.count ? rule_builder_read(x, &names) : list->rule;
	const char *type = typed_or(x, "list_type", choice_name(&list_types, (int)list->list_type));
	if (list_is_own(list) && list->id && list->list_type != LIST_STATIC)
		put_saved(late, "Rule", list->rule, text);
	rule_builder_put(x, view, text, &names, LIST_PREVIEW);
	return rule_preview_put(x, view, text_same(type, "segmented") ? whole_text(x, list, text, &names) : text, &names,
	                        err);
}

static bool typed_box(struct exchange *x, const char *name, bool stored) {
	return x->form.count ? params_get(&x->form, name) != NULL : stored;
}

bool list_show_form(struct exchange *x, const struct list *list, const char *title, struct error *err) {
	struct value *view = value_map(x->arena);
	bool is_new = !list->id;
	struct value *late = put_late(x, view);
	put_control(x, view, late, "name", "Name", list->name);
	put_control(x, view, late, "description", "Description", list->description);
	put_control(x, view, late, "public_name", "Name for subscribers", list->public_name);
	put_control(x, view, late, "tags", "Tags", strings_join(x->arena, &list->tags, ", "));
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
	value_put_text(view, "rev",
	               is_new       ? NULL
	               : x->problem ? exchange_revision(x, list->rev)
	                            : typed_or(x, "rev", arena_print(x->arena, "%lld", (long long)list->rev)));
	return put_bases(x, view, list, err) && put_rule(x, view, late, list, err) &&
	       reply_page(x, "console/list_form", title, "lists", view, err);
}
