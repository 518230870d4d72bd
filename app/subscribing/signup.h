/* The sign-up form of a list: whether it is open, what it asks, and the words that people agree to. One a list, of
 * static lists of one's own, in `signup_forms`; closed until somebody opens it. Each change of the words is a version
 * of its own and stays, as people have agreed to it. */
#ifndef SUBSCRIBING_SIGNUP_H
#define SUBSCRIBING_SIGNUP_H

#include "audience/contacts/change.h"
#include "audience/fields/definition.h"
#include "core/store/store.h"

/* What stands before a custom field's key in the name of its control. */
#define SIGNUP_CUSTOM "custom_fields."

enum {
	SIGNUP_INTRO_MAX = 500,    /* characters */
	SIGNUP_CONSENT_MAX = 1000, /* characters */
	SIGNUP_FIELDS_MAX = 20,
	SIGNUP_TEXTS_MAX = 100, /* versions of the words */
};

struct signup_text {
	int64_t version; /* from 1 */
	const char *text, *by;
	struct moment at;
};

struct signup_form {
	const char *id;  /* of its list */
	const char *key; /* in its address: anybody may know it, nobody can guess others */
	bool is_open;
	const char *intro;     /* NULL: none */
	struct strings fields; /* beside the address: "first_name", "custom_fields.KEY" … */
	struct rows texts;     /* struct signup_text, oldest first */
	struct moment updated_at;
	const char *updated_by;
	int64_t rev;
};
extern const struct record_type signup_record;

struct signup_request {
	bool is_open;
	const char *intro, *consent;
	struct strings fields;
	int64_t rev;
};
extern const struct record_type signup_request_record;

/* A field that a form may ask. */
struct signup_field {
	const char *name, *label;
	const struct definition *definition; /* NULL: not a custom one */
};

/* Pure. All that may be asked: names, phone and the like, and custom fields that are defined. *fields: struct
 * signup_field. */
struct rows signup_fields(const struct rows *definitions, struct arena *arena);

/* Pure. The words of today; NULL: none were written. */
const struct signup_text *signup_words(const struct signup_form *form);

/* Pure. The form after the request, by whom and when. INVALID names the member: it is to be open without words to agree
 * to, or asks what nobody may be asked. */
bool signup_say(const struct signup_form *before, const struct signup_request *request, const struct rows *fields,
                const char *by, struct moment now, struct arena *arena, struct signup_form *after,
                struct error *err) MUST_CHECK;

/* Pure. What a person typed, as far as the form asks it: `typed` has it by name. *given: the members of *request. */
void signup_person(const struct signup_form *form, const struct params *typed, struct arena *arena,
                   struct contact_request *request, struct strings *given);

/* Pure. Of what was typed, what is not known of this person: only that may be stored. */
void signup_missing(const struct contact *contact, const struct strings *asked, struct arena *arena,
                    struct contact_request *request, struct strings *given);

/* By its list, or by its key. */
bool signup_of_list(struct store *store, const char *list_id, struct arena *arena, struct signup_form *form,
                    bool *found, struct error *err) MUST_CHECK;
bool signup_of_key(struct store *store, const char *key, struct arena *arena, struct signup_form *form, bool *found,
                   struct error *err) MUST_CHECK;

/* The first save makes the key. CONFLICT (store_is_stale): it was saved meanwhile. */
bool signup_save(struct store *store, struct signup_form *form, struct arena *arena, struct error *err) MUST_CHECK;

#endif
