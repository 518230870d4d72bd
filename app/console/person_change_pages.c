/* Creating, changing and erasing a contact: forms and API. */
#include "console/person_change_pages.h"

#include <string.h>

#include "audience/contacts/change.h"
#include "audience/contacts/contact_answer.h"
#include "audience/contacts/tag.h"
#include "core/formats/json.h"
#include "core/http/parts.h"
#include "core/store/version.h"
#include "events/event.h"

#define FIELD_PREFIX "field:" /* before a custom field's key, in the name of its control */

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
	FIELD(struct contact_form, new_key, .max = OWN_KEY_MAX),
	FIELD(struct contact_form, new_value, .max = OWN_VALUE_MAX),
	FIELD(struct contact_form, is_active),
	FIELD(struct contact_form, rev),
};
static const struct record_type contact_form_record = RECORD_TYPE("ContactForm", struct contact_form, form_fields);

static struct strings split_tags(const char *text, struct arena *arena) {
	char *rest = arena_copy(arena, text ? text : ""), *word;
	struct strings tags = { arena_array(arena, const char *, strlen(rest) + 2), 0 };
	while ((word = strsep(&rest, ",")))
		if (*text_trim(arena, word))
			tags.items[tags.count++] = text_trim(arena, word);
	return tags;
}

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

static struct contact_saying saying_of(struct exchange *x) {
	return (struct contact_saying){ given_in(x), x->json ? SOURCE_API : SOURCE_TYPED, x->identity.user, x->now };
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
		                             .tags = split_tags(form->tags, x->arena),
		                             .custom_fields = changed_fields(x, fields_of(x, form), shown),
		                             .is_active = form->is_active,
		                             .rev = form->rev };
}

static bool need_contact(struct exchange *x, const char *id, struct contact *contact, struct error *err) {
	bool found;
	return contact_find(x->store, id, x->arena, contact, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no contact %.60s", id));
}

static bool reply_contact(struct exchange *x, const char *id, struct error *err) {
	struct contact contact;
	return need_contact(x, id, &contact, err) &&
	       reply_done(x, arena_print(x->arena, "/contacts/%s", contact.id), contact_answer(&contact, x->arena));
}

static bool create(struct exchange *x, struct error *err) {
	const char *id = exchange_new_id(x);
	const struct profile nothing = { 0 };
	const struct contact_saying saying = saying_of(x);
	const struct contact_request request = request_of(x, &nothing);
	return contact_create(x->store, id, &request, &saying, x->arena, err) && reply_contact(x, id, err);
}

static bool change(struct exchange *x, struct error *err) {
	struct contact before;
	if (!need_contact(x, x->values[0], &before, err))
		return false;
	const struct contact_saying saying = saying_of(x);
	const struct contact_request request = request_of(x, &before.profile);
	if (contact_change(x->store, before.id, &request, &saying, x->arena, err))
		return reply_contact(x, before.id, err);
	return store_is_stale(err) && exchange_stale(x, &contact_record, &before, err);
}

/* The events stay and count, without the person. */
static bool erase(struct exchange *x, struct error *err) {
	struct contact contact;
	struct membership *rows;
	int count;
	if (!need_contact(x, x->values[0], &contact, err))
		return false;
	const struct strings ids = { &contact.id, 1 };
	return membership_list(x->store, &ids, x->arena, &rows, &count, err) && event_forget(x->store, &ids, err) &&
	       contact_forget(x->store, rows, count, &ids, x->arena, err) &&
	       version_bump(x->store, REALM_PEOPLE | REALM_FIGURES, err) && reply_deleted(x, "/contacts");
}

static bool tag(struct exchange *x, bool adds, struct error *err) {
	const struct contact_saying saying = saying_of(x);
	return contact_tag(x->store, x->values[0], x->values[1], adds, &saying, x->arena, err) &&
	       reply_contact(x, x->values[0], err);
}

static bool add_tag(struct exchange *x, struct error *err) {
	return tag(x, true, err);
}

static bool remove_tag(struct exchange *x, struct error *err) {
	return tag(x, false, err);
}

static const char *joined(const struct strings *texts, struct arena *arena) {
	BUF_AUTO out = { 0 };
	for (int i = 0; i < texts->count; i++)
		buf_print(&out, "%s%s", i ? ", " : "", texts->items[i]);
	return arena_copy(arena, buf_text(&out));
}

/* One control of the form, and its row in the comparison with what somebody else saved meanwhile. */
static void put_control(struct exchange *x, struct value *view, const char *name, const char *label,
                        const char *stored) {
	part_field(x, view, name, exchange_typed(x, name, stored));
	put_saved(view, label, stored, exchange_typed(x, name, stored));
}

static void put_form(struct exchange *x, struct value *view, const struct contact *contact) {
	const struct profile *profile = &contact->profile;
	const struct attribute *attributes = profile->attributes.items;
	put_control(x, view, "email", "Email", contact->email);
	put_control(x, view, "first_name", "First name", profile->first_name);
	put_control(x, view, "last_name", "Last name", profile->last_name);
	put_control(x, view, "phone", "Phone", profile->phone);
	put_control(x, view, "company", "Company", profile->company);
	put_control(x, view, "job_title", "Job title", profile->job_title);
	put_control(x, view, "location", "Location", profile->location);
	put_control(x, view, "tags", "Tags", joined(&contact->tags, x->arena));
	part_field(x, view, "new_key", exchange_typed(x, "new_key", NULL));
	part_field(x, view, "new_value", exchange_typed(x, "new_value", NULL));
	struct value *rows = value_put(view, "custom", value_list(x->arena));
	for (int i = 0; i < profile->attributes.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		const char *name = arena_print(x->arena, FIELD_PREFIX "%s", attributes[i].key);
		value_put_text(row, "key", attributes[i].key);
		value_put_text(row, "name", name);
		value_put_text(row, "value", exchange_typed(x, name, attributes[i].text));
	}
	value_put_bool(view, "is_active", x->problem ? params_get(&x->form, "is_active") != NULL : contact->is_active);
}

static bool show_new(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct contact nobody;
	record_clear(&contact_record, &nobody);
	(void)put_late(x, view);
	put_form(x, view, &nobody);
	value_put_text(view, "id", NULL);
	value_put_text(view, "title", "New contact");
	value_put_text(view, "rev", NULL);
	return reply_page(x, "console/person_form", "New contact", "contacts", view, err);
}

static bool show_edit(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct contact contact;
	if (!need_contact(x, x->values[0], &contact, err))
		return false;
	const char *who = contact.email ? contact.email : contact.profile.phone;
	(void)put_late(x, view);
	put_form(x, view, &contact);
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
	{ "POST", "/contacts/:contact_id/erase", GUARD_SIGNED_IN, erase, .form = show_edit },
	{ "POST", "/api/contacts", GUARD_SIGNED_IN, create, .summary = "Create a contact", .output = &contact_record,
	  .shape = CONTACT_ANSWER_SHAPE, .input = &contact_request_record, .creates = true },
	{ "PUT", "/api/contacts/:contact_id", GUARD_SIGNED_IN, change,
	  .summary = "Change a contact: members that are not given stay as they are", .output = &contact_record,
	  .shape = CONTACT_ANSWER_SHAPE, .input = &contact_request_record },
	{ "DELETE", "/api/contacts/:contact_id", GUARD_SIGNED_IN, erase,
	  .summary = "Erase a contact: their events stay, without them", .shape = "deleted:bool" },
	{ "POST", "/api/contacts/:contact_id/tags/:tag", GUARD_SIGNED_IN, add_tag, .summary = "Add a tag",
	  .output = &contact_record, .shape = CONTACT_ANSWER_SHAPE },
	{ "DELETE", "/api/contacts/:contact_id/tags/:tag", GUARD_SIGNED_IN, remove_tag, .summary = "Remove a tag",
	  .output = &contact_record, .shape = CONTACT_ANSWER_SHAPE },
	{ 0 },
};
