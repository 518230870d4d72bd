/* Signing up. Whoever does so is told the same whether the address is known, new, suppressed or erased; nothing is
 * stored of them but what they are asked to confirm. */
#include "subscribing/signup_pages.h"

#include <string.h>

#include "audience/lists/own_list.h"
#include "core/formats/mail.h"
#include "core/http/parts.h"
#include "dispatch/acting_pages.h"
#include "subscribing/confirmation.h"
#include "subscribing/signup.h"

/* A control that people do not see: whoever fills it in is a program. */
#define TRAP "website"

/* An open form, with its list. */
struct opened {
	struct signup_form form;
	struct list list;
	struct rows definitions;
};

static bool look(struct exchange *x, struct opened *opened, struct error *err) {
	bool found;
	if (!signup_of_key(x->store, x->values[0], x->arena, &opened->form, &found, err))
		return false;
	if (found && opened->form.is_open && !list_find(x->store, opened->form.id, x->arena, &opened->list, &found, err))
		return false;
	if (!found || !opened->form.is_open || opened->list.list_type != LIST_STATIC || !opened->list.is_active)
		return error_set(err, ERROR_MISSING, "there is no sign-up form here");
	return definition_list(x->store, x->arena, &opened->definitions, err);
}

static void put_options(struct value *row, const struct definition *definition, const char *value) {
	struct value *options = value_put(row, "options", value_list(row->arena));
	put_choice(options, "", "–", text_is_empty(value));
	for (int i = 0; definition->type == CUSTOM_CHOICE && i < definition->options.count; i++)
		put_choice(options, definition->options.items[i], definition->options.items[i],
		           text_same(definition->options.items[i], value));
	if (definition->type == CUSTOM_BOOLEAN) {
		put_choice(options, "true", "Yes", text_same(value, "true"));
		put_choice(options, "false", "No", text_same(value, "false"));
	}
}

static void put_field(struct exchange *x, struct value *rows, const struct signup_field *field) {
	struct value *row = value_push(rows, value_map(x->arena));
	const char *value = exchange_typed(x, field->name, NULL);
	unsigned type = field->definition ? field->definition->type : CUSTOM_TEXT;
	bool is_select = type == CUSTOM_CHOICE || type == CUSTOM_BOOLEAN;
	value_put_text(row, "id", field->name);
	value_put_text(row, "name", field->name);
	value_put_text(row, "label", field->label);
	value_put_text(row, "value", value);
	value_put_text(row, "wrong", x->problem ? problems_of(&x->problems, field->name) : NULL);
	value_put_bool(row, "is_date", type == CUSTOM_DATE);
	value_put_bool(row, "is_number", type == CUSTOM_NUMBER);
	value_put_bool(row, "is_select", is_select);
	if (is_select)
		put_options(row, field->definition, value);
}

static bool reply_form(struct exchange *x, const struct opened *opened, const char *sent_to, struct error *err) {
	struct value *view = value_map(x->arena), *rows = value_put(view, "fields", value_list(x->arena));
	const struct rows all = signup_fields(&opened->definitions, x->arena);
	const struct signup_field *fields = all.items;
	const char *organisation = x->settings->organisation;
	value_put_text(view, "list", list_shown_name(&opened->list));
	value_put_text(view, "organisation", text_is_empty(organisation) ? NULL : organisation);
	value_put_text(view, "intro", opened->form.intro);
	value_put_text(view, "consent", signup_words(&opened->form)->text);
	value_put_text(view, "consent_wrong", x->problem ? problems_of(&x->problems, "agree") : NULL);
	value_put_bool(view, "agreed", exchange_typed(x, "agree", NULL) != NULL);
	value_put_text(view, "sent_to", sent_to);
	value_put_int(view, "days", CONFIRMATION_DAYS);
	part_field(x, view, "email", exchange_typed(x, "email", NULL));
	for (int i = 0; i < all.count; i++)
		if (strings_have(&opened->form.fields, fields[i].name))
			put_field(x, rows, &fields[i]);
	return reply_page(x, "subscribing/signup", list_shown_name(&opened->list), NULL, view, err);
}

static bool show(struct exchange *x, struct error *err) {
	struct opened opened;
	return look(x, &opened, err) && reply_form(x, &opened, NULL, err);
}

/* As contacts are checked; what is wrong depends on what was typed alone. */
static bool check_fields(struct exchange *x, const struct opened *opened, const struct contact_request *request,
                         const struct strings *given, struct error *err) {
	const struct contact_saying saying = {
		.given = *given, .definitions = opened->definitions, .source = SOURCE_FORM, .now = x->now
	};
	static const struct strings none;
	struct contact unknown;
	struct own own, after;
	struct error ignored;
	record_clear(&contact_record, &unknown);
	record_clear(&own_record, &own);
	if (!contact_norm(x->arena, request->email) || !mail_check_address(request->email, "email", &ignored))
		return error_field(err, "email", "Enter your email address in full, like name@example.org");
	for (int i = 0; i < x->form.count; i++)
		if (strings_have(&opened->form.fields, x->form.items[i].name) &&
		    text_length(x->form.items[i].value) > OWN_TEXT_MAX)
			return error_field(err, x->form.items[i].name, "That is longer than %d characters", OWN_TEXT_MAX);
	return contact_say(&own, request, &saying, &none, &unknown, x->arena, &after, err);
}

/* What is wrong with the fields, and that they did not agree, are said at once. */
static bool check(struct exchange *x, const struct opened *opened, const struct contact_request *request,
                  const struct strings *given, struct error *err) {
	bool fine = check_fields(x, opened, request, given, err);
	if (params_get(&x->form, "agree") || (!fine && err->kind != ERROR_INVALID))
		return fine;
	if (!fine)
		problems_add(&x->problems, x->arena, err);
	return error_field(err, "agree", "Select this if you agree: without it we cannot send you anything");
}

/* Whose address it is: so that it ends when they leave, or are erased. */
static bool find_person(struct exchange *x, const char *norm, const char **id, struct error *err) {
	struct contact *contacts;
	int count;
	if (!contact_find_by_addresses(x->store, &(struct strings){ &norm, 1 }, x->arena, &contacts, &count, err))
		return false;
	*id = count ? contacts[0].id : NULL;
	return true;
}

static bool ask(struct exchange *x, const struct opened *opened, const struct contact_request *person,
                const struct strings *given, struct error *err) {
	const struct acting acting = acting_of(x);
	const char *list_id = opened->list.id;
	struct confirmation confirmation = {
		.email = contact_norm(x->arena, person->email),
		.list_ids = { &list_id, 1 },
		.what = list_shown_name(&opened->list),
		.source = arena_print(x->arena, "Sign-up form of “%.100s”", opened->list.name),
		.text = arena_print(x->arena, "Version %lld of its text", (long long)signup_words(&opened->form)->version),
		.is_signup = true,
		.person = *person,
		.given = *given,
	};
	bool asked;
	return find_person(x, confirmation.email, &confirmation.contact_id, err) &&
	       confirmation_ask(&acting, &confirmation, &asked, err);
}

static bool sign_up(struct exchange *x, struct error *err) {
	const char *email = params_get(&x->form, "email");
	struct opened opened;
	struct contact_request person;
	struct strings given;
	if (!look(x, &opened, err))
		return false;
	email = email ? text_trim(x->arena, email) : "";
	if (!text_is_empty(params_get(&x->form, TRAP)))
		return reply_form(x, &opened, email, err);
	signup_person(&opened.form, &x->form, x->arena, &person, &given);
	person.email = email;
	given.items[given.count++] = "email";
	return check(x, &opened, &person, &given, err) && ask(x, &opened, &person, &given, err) &&
	       reply_form(x, &opened, email, err);
}

const struct route signup_routes[] = {
	{ "GET", "/s/:key", GUARD_PUBLIC, show },
	{ "POST", "/s/:key", GUARD_PUBLIC, sign_up, .form = show },
	{ 0 },
};
