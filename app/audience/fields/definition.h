/* Custom fields that have been defined: `custom_fields`. A contact may have fields without a definition, too: these are
 * texts, numbers or booleans as they came. A definition gives a field a label, a type and what stands for it in a mail
 * to somebody who has none. */
#ifndef AUDIENCE_FIELDS_DEFINITION_H
#define AUDIENCE_FIELDS_DEFINITION_H

#include "core/store/store.h"

enum custom_type { CUSTOM_TEXT, CUSTOM_NUMBER, CUSTOM_DATE, CUSTOM_BOOLEAN, CUSTOM_CHOICE, CUSTOM_TYPE_COUNT };
extern const struct choices custom_types;                       /* "text" … "choice" */
extern const char *const custom_type_labels[CUSTOM_TYPE_COUNT]; /* "Yes or no" */

enum {
	DEFINITIONS_MAX = 100,
	CUSTOM_KEY_MAX = 64,      /* characters of a key, whether it is defined or not */
	CUSTOM_VALUE_MAX = 1000,  /* characters of a value */
	CUSTOM_LABEL_MAX = 80,    /* characters of a label */
	CUSTOM_OPTIONS_MAX = 100, /* options of a choice */
};

struct definition {
	const char *id, *key, *label;
	unsigned type;
	struct strings options; /* of CUSTOM_CHOICE */
	const char *fallback;   /* NULL: none */
	const char *created_by;
	struct moment created_at, updated_at;
	int64_t rev;
};
extern const struct record_type definition_record;

struct definition_request {
	const char *key; /* NULL or "": made from the label; of a change it must be the present one or absent */
	const char *label;
	unsigned type;
	struct strings options;
	const char *options_text; /* of a form: an option a line */
	const char *fallback;
	int64_t rev;
};
extern const struct record_type definition_request_record;

/* Pure. Is it a key: a letter, then letters, digits, "_", "-", "." and single spaces in between? "$" and control
 * characters never reach a query. */
bool custom_key_is_valid(const char *key);

/* Pure. "Yearly usage (kWh)" gives "yearly_usage_kwh", "2nd home" "field_2nd_home". */
const char *custom_key_of(struct arena *arena, const char *label);

/* Pure. The value as a field of this type stores it: a number as a number, a day as "2026-11-27", yes and no as true
 * and false, an option as it is written in the definition. NULL and "" give null. INVALID for `field` says what is
 * wanted. */
bool definition_value(const struct definition *definition, const struct value *value, const char *field,
                      struct arena *arena, struct value **out, struct error *err) MUST_CHECK;

/* Pure. A text, number or boolean as text; "" for anything else. */
const char *definition_text(const struct value *value, struct arena *arena);

/* Pure. The same for people to read: "Yes", and of a date "27 Nov 2026"; `definition` may be NULL. */
const char *definition_shown(const struct definition *definition, const struct value *value, struct arena *arena);

/* By label; *definitions: struct definition. */
bool definition_list(struct store *store, struct arena *arena, struct rows *definitions, struct error *err) MUST_CHECK;

/* Among those; NULL if the key is not defined. */
const struct definition *definition_of(const struct rows *definitions, const char *key);

/* CONFLICT: the key is defined. INVALID names the member, or DEFINITIONS_MAX exist. */
bool definition_create(struct store *store, const struct definition_request *request, const char *id, const char *by,
                       struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

/* Values that the new type does not allow stay as they are until somebody changes them. MISSING; CONFLICT
 * (store_is_stale). */
bool definition_change(struct store *store, const struct definition_request *request, const char *key,
                       struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

/* Contacts keep their values, as a field without a definition. */
bool definition_drop(struct store *store, const char *key, bool *found, struct error *err) MUST_CHECK;

#endif
