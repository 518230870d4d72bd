/* Custom fields as pages and JSON. */
#include "audience/fields/definition_pages.h"

#include "audience/fields/definition.h"
#include "core/http/parts.h"

enum { COUNT_MS = 1500 };

static bool need_definition(struct exchange *x, const char *key, struct definition *definition, struct error *err) {
	struct rows all;
	if (!definition_list(x->store, x->arena, &all, err))
		return false;
	const struct definition *found = definition_of(&all, key);
	if (!found)
		return error_set(err, ERROR_MISSING, "no custom field %.64s", key);
	*definition = *found;
	return true;
}

static bool show_all(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct rows all;
	if (!definition_list(x->store, x->arena, &all, err))
		return false;
	const struct definition *items = all.items;
	struct value *rows = value_put(view, "fields", value_list(x->arena));
	for (int i = 0; i < all.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "label", items[i].label);
		value_put_text(row, "key", items[i].key);
		value_put_text(row, "address", url_encoded(x->arena, items[i].key));
		value_put_text(row, "type", custom_type_labels[items[i].type]);
		value_put_text(row, "options", items[i].options.count ? strings_join(x->arena, &items[i].options, ", ") : NULL);
		value_put_text(row, "fallback", items[i].fallback ? items[i].fallback : "–");
	}
	value_put_bool(view, "none", all.count == 0);
	return reply_page(x, "audience/fields", "Custom fields", "contacts", view, err);
}

/* The form; `definition` is NULL for a new field. */
static void put_form(struct exchange *x, struct value *view, const struct definition *definition) {
	struct value *late = put_late(x, view);
	const char *type = choice_name(&custom_types, definition ? (int)definition->type : CUSTOM_TEXT),
			   *options = definition ? strings_join(x->arena, &definition->options, "\n") : NULL;
	late = definition ? late : NULL;
	part_control(x, view, late, "label", "Label", definition ? definition->label : NULL);
	part_field(x, view, "key", exchange_typed(x, "key", definition ? definition->key : NULL));
	part_control(x, view, late, "options_text", "Options", options);
	part_control(x, view, late, "fallback", "If there is no value", definition ? definition->fallback : NULL);
	type = exchange_typed(x, "type", type);
	struct value *choices = part_select(x, view, "type");
	for (int i = 0; i < CUSTOM_TYPE_COUNT; i++)
		put_choice(choices, choice_name(&custom_types, i), custom_type_labels[i],
		           text_same(choice_name(&custom_types, i), type));
	value_put_text(view, "rev", definition ? exchange_revision(x, definition->rev) : NULL);
	value_put_text(view, "address", definition ? url_encoded(x->arena, definition->key) : NULL);
	value_put_text(view, "title", definition ? definition->label : NULL);
}

static bool show_new(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	put_form(x, view, NULL);
	return reply_page(x, "audience/field_form", "New custom field", "contacts", view, err);
}

static bool show_edit(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct definition definition;
	if (!need_definition(x, x->values[0], &definition, err))
		return false;
	put_form(x, view, &definition);
	return reply_page(x, "audience/field_form", definition.label, "contacts", view, err);
}

static bool reply_definition(struct exchange *x, const char *key, struct error *err) {
	struct definition definition;
	return need_definition(x, key, &definition, err) && reply_saved(x, "/fields", &definition_record, &definition);
}

static bool create(struct exchange *x, struct error *err) {
	const struct definition_request *request = x->input;
	const char *key = text_is_empty(request->key) ? custom_key_of(x->arena, request->label) : request->key;
	return definition_create(x->store, request, exchange_new_id(x), x->identity.user, x->now, x->arena, err) &&
	       reply_definition(x, key, err);
}

static bool change(struct exchange *x, struct error *err) {
	struct definition definition;
	if (definition_change(x->store, x->input, x->values[0], x->now, x->arena, err))
		return reply_definition(x, x->values[0], err);
	return store_is_stale(err) && need_definition(x, x->values[0], &definition, err) &&
	       exchange_stale(x, &definition_record, &definition, err);
}

static bool ask_drop(struct exchange *x, struct error *err) {
	struct definition definition;
	int64_t used;
	if (!need_definition(x, x->values[0], &definition, err) ||
	    !store_count_within(x->store, "contacts", FILTER(eq_text("attributes.key", definition.key)), COUNT_MS, &used,
	                        err))
		return false;
	bool is_known = used != COUNT_NONE;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Delete the field “%s”?", definition.label),
		.lines = { !is_known ? "Many contacts have a value."
		           : used    ? arena_print(x->arena, "%s.",
		                                   text_of_counted(x->arena, used, "contact has a value", "contacts have a value"))
		                     : "No contact has a value.",
		           used ? "Values stay, as a field without label and type." : NULL },
		.button = "Delete field",
		.back = arena_print(x->arena, "/fields/%s/edit", url_encoded(x->arena, definition.key)),
		.place = definition.label,
		.active = "contacts",
	};
	return reply_confirm(x, &confirm, err);
}

static bool drop(struct exchange *x, struct error *err) {
	bool found;
	return definition_drop(x->store, x->values[0], &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no custom field %.64s", x->values[0])) &&
	       reply_deleted(x, "/fields");
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows all;
	return definition_list(x->store, x->arena, &all, err) && reply_rows(x, &definition_record, all);
}

static bool show_api(struct exchange *x, struct error *err) {
	return reply_definition(x, x->values[0], err);
}

const struct route definition_routes[] = {
	{ "GET", "/fields", GUARD_SIGNED_IN, show_all, .realms = REALM_SETTINGS },
	{ "GET", "/fields/new", GUARD_SIGNED_IN, show_new },
	{ "GET", "/fields/:key/edit", GUARD_SIGNED_IN, show_edit },
	{ "POST", "/fields", GUARD_SIGNED_IN, create, .input = &definition_request_record, .form = show_new,
	  .creates = true },
	{ "POST", "/fields/:key", GUARD_SIGNED_IN, change, .input = &definition_request_record, .form = show_edit },
	{ "GET", "/fields/:key/delete", GUARD_SIGNED_IN, ask_drop },
	{ "POST", "/fields/:key/delete", GUARD_SIGNED_IN, drop },
	{ "GET", "/api/fields", GUARD_SIGNED_IN, list_api, .summary = "Custom fields that are defined",
	  .output = &definition_record, .list = true, .realms = REALM_SETTINGS },
	{ "POST", "/api/fields", GUARD_SIGNED_IN, create, .summary = "Define a custom field", .output = &definition_record,
	  .input = &definition_request_record, .creates = true },
	{ "GET", "/api/fields/:key", GUARD_SIGNED_IN, show_api, .summary = "One custom field",
	  .output = &definition_record },
	{ "PUT", "/api/fields/:key", GUARD_SIGNED_IN, change, .summary = "Change a custom field; its key stays",
	  .output = &definition_record, .input = &definition_request_record },
	{ "DELETE", "/api/fields/:key", GUARD_SIGNED_IN, drop, .summary = "Delete a definition; contacts keep their values",
	  .shape = "deleted:bool" },
	{ 0 },
};
