/* Sign-up forms: rules and storage. */
#include "subscribing/signup.h"

#include <string.h>

#include "core/base/secret.h"
#include "core/formats/json.h"

enum { KEY_SIZE = 20 }; /* hex digits: 80 bits */

static const char FORMS[] = "signup_forms";

static const struct field text_fields[] = {
	FIELD(struct signup_text, version),
	FIELD(struct signup_text, text),
	FIELD(struct signup_text, by),
	FIELD(struct signup_text, at),
};
static const struct record_type text_record = RECORD_TYPE("SignupText", struct signup_text, text_fields);

static const struct field fields[] = {
	FIELD(struct signup_form, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct signup_form, key),
	FIELD(struct signup_form, is_open),
	FIELD(struct signup_form, intro),
	FIELD(struct signup_form, fields),
	FIELD_LIST(struct signup_form, texts, text_record),
	FIELD(struct signup_form, updated_at),
	FIELD(struct signup_form, updated_by),
	FIELD(struct signup_form, rev, .flags = FIELD_REVISION),
};
const struct record_type signup_record = RECORD_TYPE("SignupForm", struct signup_form, fields);

static const struct field request_fields[] = {
	FIELD(struct signup_request, is_open),
	FIELD(struct signup_request, intro, .max = SIGNUP_INTRO_MAX),
	FIELD(struct signup_request, consent, .max = SIGNUP_CONSENT_MAX),
	FIELD(struct signup_request, fields, .max = SIGNUP_FIELDS_MAX),
	FIELD(struct signup_request, rev),
};
const struct record_type signup_request_record = RECORD_TYPE("SignupFormRequest", struct signup_request,
                                                             request_fields);

/* What may be asked beside custom fields, and where it goes. */
static const struct standard {
	const char *name, *label;
	size_t said, known;
} standards[] = {
	{ "first_name", "First name", offsetof(struct contact_request, first_name), offsetof(struct profile, first_name) },
	{ "last_name", "Last name", offsetof(struct contact_request, last_name), offsetof(struct profile, last_name) },
	{ "company", "Company", offsetof(struct contact_request, company), offsetof(struct profile, company) },
	{ "job_title", "Job title", offsetof(struct contact_request, job_title), offsetof(struct profile, job_title) },
	{ "location", "Location", offsetof(struct contact_request, location), offsetof(struct profile, location) },
	{ "phone", "Phone", offsetof(struct contact_request, phone), offsetof(struct profile, phone) },
};
enum { STANDARDS = sizeof standards / sizeof *standards };

static const char **text_at(const void *object, size_t offset) {
	return (const char **)((char *)(uintptr_t)object + offset);
}

struct rows signup_fields(const struct rows *definitions, struct arena *arena) {
	struct signup_field *all = arena_array(arena, struct signup_field, STANDARDS + definitions->count);
	const struct definition *defined = definitions->items;
	int count = 0;
	for (int i = 0; i < STANDARDS; i++)
		all[count++] = (struct signup_field){ standards[i].name, standards[i].label, NULL };
	for (int i = 0; i < definitions->count; i++)
		all[count++] = (struct signup_field){ arena_print(arena, SIGNUP_CUSTOM "%s", defined[i].key), defined[i].label,
			                                  &defined[i] };
	return (struct rows){ all, count };
}

const struct signup_text *signup_words(const struct signup_form *form) {
	const struct signup_text *texts = form->texts.items;
	return form->texts.count ? &texts[form->texts.count - 1] : NULL;
}

static bool may_be_asked(const struct rows *all, const char *name) {
	const struct signup_field *one = all->items;
	for (int i = 0; i < all->count; i++)
		if (text_same(one[i].name, name))
			return true;
	return false;
}

static bool say_fields(const struct signup_request *request, const struct rows *all, struct arena *arena,
                       struct signup_form *after, struct error *err) {
	after->fields = strings_distinct(arena, &request->fields);
	if (after->fields.count > SIGNUP_FIELDS_MAX)
		return error_field(err, "fields", "A form asks at most %d things", SIGNUP_FIELDS_MAX);
	for (int i = 0; i < after->fields.count; i++)
		if (!may_be_asked(all, after->fields.items[i]))
			return error_field(err, "fields", "“%.80s” is no field of contacts", after->fields.items[i]);
	return true;
}

static bool say_words(const char *words, const char *by, struct moment now, struct arena *arena,
                      struct signup_form *after, struct error *err) {
	const struct signup_text *last = signup_words(after);
	if (text_is_empty(words) || (last && text_same(last->text, words)))
		return !text_is_empty(words) || !after->is_open ||
		       error_field(err, "consent", "Write what people agree to before the form is opened");
	if (after->texts.count >= SIGNUP_TEXTS_MAX)
		return error_field(err, "consent", "The words were changed %d times: that is as often as is kept",
		                   SIGNUP_TEXTS_MAX);
	struct signup_text *texts = arena_array(arena, struct signup_text, after->texts.count + 1);
	const struct signup_text *known = after->texts.items;
	for (int i = 0; known && i < after->texts.count; i++)
		texts[i] = known[i];
	texts[after->texts.count] = (struct signup_text){ last ? last->version + 1 : 1, words, by, now };
	after->texts = (struct rows){ texts, after->texts.count + 1 };
	return true;
}

bool signup_say(const struct signup_form *before, const struct signup_request *request, const struct rows *all,
                const char *by, struct moment now, struct arena *arena, struct signup_form *after, struct error *err) {
	*after = *before;
	after->is_open = request->is_open;
	after->intro = text_is_empty(request->intro) ? NULL : request->intro;
	after->updated_at = now;
	after->updated_by = by;
	after->rev = request->rev;
	return say_fields(request, all, arena, after, err) && say_words(request->consent, by, now, arena, after, err);
}

/* --- what a person types --- */

static const char *json_of(const struct value *map, struct arena *arena) {
	BUF_AUTO text = { 0 };
	json_write(&text, map);
	return map->count ? arena_copy(arena, buf_text(&text)) : NULL;
}

void signup_person(const struct signup_form *form, const struct params *typed, struct arena *arena,
                   struct contact_request *request, struct strings *given) {
	struct value *custom = value_map(arena);
	*request = (struct contact_request){ .rev = COUNT_NONE };
	*given = (struct strings){ arena_array(arena, const char *, STANDARDS + 2), 0 };
	for (int i = 0; i < form->fields.count; i++) {
		const char *name = form->fields.items[i], *value = params_get(typed, name);
		value = value ? text_trim(arena, value) : NULL;
		if (text_is_empty(value))
			continue;
		if (text_starts(name, SIGNUP_CUSTOM))
			value_put_text(custom, text_after(name, SIGNUP_CUSTOM), value);
		for (int at = 0; at < STANDARDS; at++)
			if (text_same(standards[at].name, name)) {
				*text_at(request, standards[at].said) = value;
				given->items[given->count++] = standards[at].name;
			}
	}
	request->custom_fields = json_of(custom, arena);
}

static bool is_known(const struct profile *profile, const char *key) {
	const struct attribute *attributes = profile->attributes.items;
	for (int i = 0; i < profile->attributes.count; i++)
		if (text_same(attributes[i].key, key))
			return true;
	return false;
}

static const char *custom_missing(const struct profile *profile, const char *said, struct arena *arena) {
	struct value *all, *some = value_map(arena);
	struct error ignored;
	if (!said || !json_read(arena, said, strlen(said), &all, &ignored))
		return NULL;
	for (const struct value *one = all->first; one; one = one->next)
		if (one->kind == VALUE_TEXT && !is_known(profile, one->name))
			value_put_text(some, one->name, one->text);
	return json_of(some, arena);
}

void signup_missing(const struct contact *contact, const struct strings *asked, struct arena *arena,
                    struct contact_request *request, struct strings *given) {
	*given = (struct strings){ arena_array(arena, const char *, STANDARDS + 2), 0 };
	for (int at = 0; at < STANDARDS; at++)
		if (strings_have(asked, standards[at].name) && text_is_empty(*text_at(&contact->profile, standards[at].known)))
			given->items[given->count++] = standards[at].name;
	request->custom_fields = custom_missing(&contact->profile, request->custom_fields, arena);
}

/* --- storage --- */

bool signup_of_list(struct store *store, const char *list_id, struct arena *arena, struct signup_form *form,
                    bool *found, struct error *err) {
	return store_find(store, FORMS, FILTER(by_id(list_id)), NULL, &signup_record, arena, form, found, err);
}

bool signup_of_key(struct store *store, const char *key, struct arena *arena, struct signup_form *form, bool *found,
                   struct error *err) {
	*found = false;
	return strlen(key) != KEY_SIZE ||
	       store_find(store, FORMS, FILTER(eq_text("key", key)), NULL, &signup_record, arena, form, found, err);
}

bool signup_save(struct store *store, struct signup_form *form, struct arena *arena, struct error *err) {
	char random[SECRET_HEX];
	bool found;
	if (form->key)
		return store_save(store, FORMS, FILTER(by_id(form->id)), &signup_record, form, EXCEPT("id", "key"), &found,
		                  err) &&
		       (found || error_set(err, ERROR_MISSING, "the form was deleted meanwhile"));
	secret_random(random);
	form->key = arena_print(arena, "%.*s", KEY_SIZE, random);
	if (store_insert(store, FORMS, &signup_record, form, err))
		return true;
	return err->kind == ERROR_CONFLICT ? store_raise_stale(err) : false;
}
