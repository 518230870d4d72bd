/* Creating, changing and erasing a contact: forms and API. */
#include "console/person_change_pages.h"

#include <string.h>

#include "audience/contacts/change.h"
#include "audience/contacts/contact_answer.h"
#include "audience/contacts/tag.h"
#include "console/erasing.h"
#include "core/formats/json.h"
#include "core/http/parts.h"
#include "core/store/version.h"
#include "events/event.h"

#define FIELD_PREFIX "custom_fields." /* before a custom field's key, in the name of its control */

/* A contact as a form sends it: tags as one text; custom fields have names of their own. */
struct contact_form {
	const char *email, *first_name, *last_name, *phone, *company, *job_title, *location, *tags;
	const char *new_key, *new_value;
	bool is_active;
	int64_t rev;
};
static const struct field form_fields[] = {
	FIELD(struct contact_form, email, .max = 254),
	FIELD(struct contact_form, first_name, .max = OWN_TEXT_MAX),
	FIELD(struct contact_form, last_name, .max = OWN_TEXT_MAX),
	FIELD(struct contact_form, phone, .max = 40),
	FIELD(struct contact_form, company, .max = OWN_TEXT_MAX),
	FIELD(struct contact_form, job_title, .max = OWN_TEXT_MAX),
	FIELD(struct contact_form, location, .max = OWN_TEXT_MAX),
	FIELD(struct contact_form, tags, .max = OWN_TAGS_MAX * (TAG_MAX + 2)),
	FIELD(struct contact_form, new_key, .max = CUSTOM_KEY_MAX),
	FIELD(struct contact_form, new_value, .max = CUSTOM_VALUE_MAX),
	FIELD(struct contact_form, is_active),
	FIELD(struct contact_form, rev),
};
static const struct record_type contact_form_record = RECORD_TYPE("ContactForm", struct contact_form, form_fields);

/* The custom fields of the form as a JSON object; an empty one is null, which empties it. NULL without any. */
static const char *fields_of(struct exchange *x, const struct contact_form *form) {
	struct value *fields = value_map(x->arena);
	BUF_AUTO text = { 0 };
	for (int i = 0; i < x->form.count; i++) {
		const struct param *one = &x->form.items[i];
		const char *value = text_starts(one->name, FIELD_PREFIX) ? text_trim(x->arena, one->value) : NULL;
		if (value && !value_get(fields, one->name + strlen(FIELD_PREFIX)))
			value_put_text(fields, one->name + strlen(FIELD_PREFIX), *value ? value : NULL);
	}
	if (!text_is_empty(form->new_key))
		value_put_text(fields, form->new_key, form->new_value);
	json_write(&text, fields);
	return fields->count ? arena_copy(x->arena, buf_text(&text)) : NULL;
}

/* Unchanged custom fields are left out, so that what a list says stays the list's. */
static const char *changed_fields(struct exchange *x, const char *said, const struct profile *shown) {
	struct value *fields, *changed = value_map(x->arena);
	const struct attribute *known = shown->attributes.items;
	struct error ignored;
	BUF_AUTO text = { 0 };
	if (!said || !json_read(x->arena, said, strlen(said), &fields, &ignored))
		return said;
	for (const struct value *one = fields->first; one; one = one->next) {
		const char *before = NULL;
		for (int i = 0; i < shown->attributes.count; i++)
			if (text_same(known[i].key, one->name))
				before = known[i].text;
		if (!text_same(before, one->kind == VALUE_TEXT ? one->text : NULL))
			value_put_text(changed, one->name, one->kind == VALUE_TEXT ? one->text : NULL);
	}
	json_write(&text, changed);
	return changed->count ? arena_copy(x->arena, buf_text(&text)) : NULL;
}

/* The members that a request has: those of its JSON object, or all of a form. */
static struct strings given_in(struct exchange *x) {
	static const char *in_form[] = { "email",   "first_name", "last_name", "phone",
		                             "company", "job_title",  "location",  "tags" };
	enum { IN_FORM = sizeof in_form / sizeof *in_form };
	struct strings given = { arena_array(x->arena, const char *, IN_FORM + 1), 0 };
	if (x->json) {
		given.items = arena_array(x->arena, const char *, x->json->count + 1);
		for (const struct value *one = x->json->first; one; one = one->next)
			given.items[given.count++] = one->name;
		return given;
	}
	for (int i = 0; i < IN_FORM; i++)
		given.items[given.count++] = in_form[i];
	if (params_get(&x->form, "has_active"))
		given.items[given.count++] = "is_active";
	return given;
}

static bool begin_saying(struct exchange *x, struct contact_saying *saying, struct error *err) {
	*saying = (struct contact_saying){
		.given = given_in(x), .source = x->json ? SOURCE_API : SOURCE_TYPED, .by = x->identity.user, .now = x->now
	};
	return definition_list(x->store, x->arena, &saying->definitions, err);
}

/* `shown`: what the form was filled with. */
static struct contact_request request_of(struct exchange *x, const struct profile *shown) {
	if (x->wants_json)
		return *(const struct contact_request *)x->input;
	const struct contact_form *form = x->input;
	return (struct contact_request){ .email = form->email,
		                             .first_name = form->first_name,
		                             .last_name = form->last_name,
		                             .phone = form->phone,
		                             .company = form->company,
		                             .job_title = form->job_title,
		                             .location = form->location,
		                             .tags = tag_split(x->arena, form->tags),
		                             .custom_fields = changed_fields(x, fields_of(x, form), shown),
		                             .is_active = form->is_active,
		                             .rev = form->rev };
}

static bool reply_contact(struct exchange *x, const char *id, struct error *err) {
	struct contact contact;
	return contact_need(x->store, id, x->arena, &contact, err) &&
	       reply_done(x, arena_print(x->arena, "/contacts/%s", contact.id), contact_answer(&contact, x->arena));
}

static bool create(struct exchange *x, struct error *err) {
	const char *id = exchange_new_id(x);
	const struct profile nothing = { 0 };
	const struct contact_request request = request_of(x, &nothing);
	struct contact_saying saying;
	if (!begin_saying(x, &saying, err) || !contact_create(x->store, id, &request, &saying, x->arena, err))
		return false;
	return x->wants_json ? reply_contact(x, id, err)
	                     : reply_redirect(x, arena_print(x->arena, "/contacts/%s?created=1", id));
}

static bool change(struct exchange *x, struct error *err) {
	struct contact before;
	struct contact_saying saying;
	if (!contact_need(x->store, x->values[0], x->arena, &before, err) || !begin_saying(x, &saying, err))
		return false;
	const struct contact_request request = request_of(x, &before.profile);
	if (contact_change(x->store, before.id, &request, &saying, x->arena, err))
		return reply_contact(x, before.id, err);
	return store_is_stale(err) && exchange_stale(x, &contact_record, &before, err);
}

static bool ask_erase(struct exchange *x, struct error *err) {
	struct contact contact;
	if (!contact_need(x->store, x->values[0], x->arena, &contact, err))
		return false;
	const char *who = contact.email ? contact.email : contact.profile.phone;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Erase %s?", who),
		.lines = { "Address, phone, names, fields, tags and what they agreed to are removed for good, also from "
		           "imports and from kept answers of EmailOctopus.",
		           "What they opened and clicked still counts, without them. A code that does not "
		           "reveal the address stays suppressed, so that no sync or import brings them back.",
		           "If EmailOctopus has the contact, delete it there, too." },
		.button = "Erase contact",
		.back = arena_print(x->arena, "/contacts/%s", contact.id),
		.place = who,
		.active = "contacts",
	};
	return reply_confirm(x, &confirm, err);
}

static bool erase(struct exchange *x, struct error *err) {
	return person_erase(x->store, x->values[0], x->now, x->arena, err) && reply_deleted(x, "/contacts");
}

static bool tag(struct exchange *x, bool adds, struct error *err) {
	struct contact_saying saying;
	return begin_saying(x, &saying, err) &&
	       contact_tag(x->store, x->values[0], x->values[1], adds, &saying, x->arena, err) &&
	       reply_contact(x, x->values[0], err);
}

static bool add_tag(struct exchange *x, struct error *err) {
	return tag(x, true, err);
}

static bool remove_tag(struct exchange *x, struct error *err) {
	return tag(x, false, err);
}

/* One control of the form, and its row in the comparison with what somebody else saved meanwhile. */
static const char *text_of_attribute(const struct attribute *attributes, int count, const char *key) {
	for (int i = 0; i < count; i++)
		if (text_same(attributes[i].key, key))
			return attributes[i].text;
	return NULL;
}

static void put_options(struct value *row, const struct definition *definition, const char *value) {
	struct value *options = value_put(row, "options", value_list(row->arena));
	bool is_boolean = definition->type == CUSTOM_BOOLEAN, known = text_is_empty(value);
	put_choice(options, "", "–", known);
	for (int i = 0; !is_boolean && i < definition->options.count; i++) {
		known |= text_same(definition->options.items[i], value);
		put_choice(options, definition->options.items[i], definition->options.items[i],
		           text_same(definition->options.items[i], value));
	}
	if (is_boolean) {
		put_choice(options, "true", "Yes", text_same(value, "true"));
		put_choice(options, "false", "No", text_same(value, "false"));
		known |= text_same(value, "true") || text_same(value, "false");
	}
	if (!known) /* of an older definition: it stays unless it is changed */
		put_choice(options, value, value, true);
}

/* A value that is no day cannot be shown in a control for dates. */
static bool shows_date(const struct definition *definition, const char *value) {
	return definition && definition->type == CUSTOM_DATE &&
	       (text_is_empty(value) || strlen(value) == strlen("2026-11-27"));
}

/* id: NULL if it is the name. */
struct custom_control {
	const char *key, *label, *id;
};

static void put_custom_field(struct exchange *x, struct value *rows, const struct custom_control *control,
                             const struct definition *definition, const char *stored) {
	struct value *row = value_push(rows, value_map(x->arena));
	const char *name = arena_print(x->arena, FIELD_PREFIX "%s", control->key), *value = exchange_typed(x, name, stored);
	unsigned type = definition ? definition->type : CUSTOM_TEXT;
	value_put_text(row, "label", control->label);
	value_put_text(row, "name", name);
	value_put_text(row, "id", control->id ? control->id : name);
	value_put_text(row, "value", value);
	value_put_text(row, "wrong", x->problem ? problems_of(&x->problems, name) : NULL);
	value_put_bool(row, "is_date", shows_date(definition, value));
	value_put_bool(row, "is_number", type == CUSTOM_NUMBER);
	value_put_bool(row, "is_select", type == CUSTOM_CHOICE || type == CUSTOM_BOOLEAN);
	if (definition)
		put_options(row, definition, value);
}

/* Two that the form of a new contact offers although nobody has defined them: where people come from, and why. */
static void put_usual(struct exchange *x, struct value *rows, const struct rows *definitions) {
	static const char *const usual[][2] = { { "source", "Source" }, { "interests", "Interests" } };
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		if (definition_of(definitions, usual[i][0]))
			continue;
		const struct custom_control control = { usual[i][0], usual[i][1],
			                                    arena_print(x->arena, "contact-%s", usual[i][0]) };
		put_custom_field(x, rows, &control, NULL, NULL);
	}
}

/* Those that are defined, then others that the contact has. */
static struct value *put_custom(struct exchange *x, struct value *view, const struct attribute *attributes, int count,
                                const struct rows *definitions) {
	struct value *rows = value_put(view, "custom", value_list(x->arena));
	const struct definition *defined = definitions->items;
	for (int i = 0; i < definitions->count; i++)
		put_custom_field(x, rows, &(struct custom_control){ defined[i].key, defined[i].label, NULL }, &defined[i],
		                 text_of_attribute(attributes, count, defined[i].key));
	for (int i = 0; i < count; i++)
		if (!definition_of(definitions, attributes[i].key))
			put_custom_field(x, rows, &(struct custom_control){ attributes[i].key, attributes[i].key, NULL }, NULL,
			                 attributes[i].text);
	return rows;
}

/* Returns the custom fields. */
static struct value *put_form(struct exchange *x, struct value *view, const struct contact *contact,
                              const struct rows *definitions) {
	const struct profile *profile = &contact->profile;
	const struct attribute *attributes = profile->attributes.items;
	struct value *late = put_late(x, view);
	part_control(x, view, late, "email", "Email", contact->email);
	part_control(x, view, late, "first_name", "First name", profile->first_name);
	part_control(x, view, late, "last_name", "Last name", profile->last_name);
	part_control(x, view, late, "phone", "Phone", profile->phone);
	part_control(x, view, late, "company", "Company", profile->company);
	part_control(x, view, late, "job_title", "Job title", profile->job_title);
	part_control(x, view, late, "location", "Location", profile->location);
	part_control(x, view, late, "tags", "Tags", strings_join(x->arena, &contact->tags, ", "));
	part_field(x, view, "new_key", exchange_typed(x, "new_key", NULL));
	part_field(x, view, "new_value", exchange_typed(x, "new_value", NULL));
	value_put_bool(view, "is_active", x->problem ? params_get(&x->form, "is_active") != NULL : contact->is_active);
	return put_custom(x, view, attributes, profile->attributes.count, definitions);
}

static bool show_new(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct contact nobody;
	struct rows definitions;
	if (!definition_list(x->store, x->arena, &definitions, err))
		return false;
	record_clear(&contact_record, &nobody);
	put_usual(x, put_form(x, view, &nobody, &definitions), &definitions);
	value_put_text(view, "id", NULL);
	value_put_text(view, "title", "New contact");
	value_put_text(view, "rev", NULL);
	return reply_page(x, "console/person_form", "New contact", "contacts", view, err);
}

static bool show_edit(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct contact contact;
	struct rows definitions;
	if (!contact_need(x->store, x->values[0], x->arena, &contact, err) ||
	    !definition_list(x->store, x->arena, &definitions, err))
		return false;
	const char *who = contact.email ? contact.email : contact.profile.phone;
	(void)put_form(x, view, &contact, &definitions);
	value_put_text(view, "id", contact.id);
	value_put_text(view, "title", who);
	value_put_text(view, "rev", exchange_revision(x, contact.rev));
	return reply_page(x, "console/person_form", arena_print(x->arena, "Edit %s", who), "contacts", view, err);
}

const struct route person_change_routes[] = {
	{ "GET", "/contacts/new", GUARD_SIGNED_IN, show_new },
	{ "GET", "/contacts/:contact_id/edit", GUARD_SIGNED_IN, show_edit },
	{ "POST", "/contacts", GUARD_SIGNED_IN, create, .input = &contact_form_record, .form = show_new, .creates = true },
	{ "POST", "/contacts/:contact_id", GUARD_SIGNED_IN, change, .input = &contact_form_record, .form = show_edit },
	{ "GET", "/contacts/:contact_id/erase", GUARD_SIGNED_IN, ask_erase },
	{ "POST", "/contacts/:contact_id/erase", GUARD_SIGNED_IN, erase },
	{ "POST", "/api/contacts", GUARD_SIGNED_IN, create, .summary = "Create a contact", .output = &contact_record,
	  .shape = CONTACT_ANSWER_SHAPE, .input = &contact_request_record, .creates = true },
	{ "PUT", "/api/contacts/:contact_id", GUARD_SIGNED_IN, change,
	  .summary = "Change a contact: members that are not given stay as they are", .output = &contact_record,
	  .shape = CONTACT_ANSWER_SHAPE, .input = &contact_request_record },
	{ "POST", "/api/contacts/:contact_id/erase", GUARD_SIGNED_IN, erase,
	  .summary = "The same as DELETE: erase a contact", .shape = "deleted:bool" },
	{ "DELETE", "/api/contacts/:contact_id", GUARD_SIGNED_IN, erase,
	  .summary = "Erase a contact: their events stay, without them", .shape = "deleted:bool" },
	{ "POST", "/api/contacts/:contact_id/tags/:tag", GUARD_SIGNED_IN, add_tag, .summary = "Add a tag",
	  .output = &contact_record, .shape = CONTACT_ANSWER_SHAPE },
	{ "DELETE", "/api/contacts/:contact_id/tags/:tag", GUARD_SIGNED_IN, remove_tag, .summary = "Remove a tag",
	  .output = &contact_record, .shape = CONTACT_ANSWER_SHAPE },
	{ 0 },
};
