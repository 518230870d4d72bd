/* What was typed, imported or sent here about a person, apart from what a provider's lists say. A sync never writes it;
 * what a person is shown as is made of both (own_apply), and each value is known by where it stands. All pure. */
#ifndef AUDIENCE_CONTACTS_OWN_H
#define AUDIENCE_CONTACTS_OWN_H

#include "audience/contacts/permission.h"

enum contact_source {
	SOURCE_OBSERVED, /* by a provider's list only: nothing here is their own */
	SOURCE_TYPED,
	SOURCE_IMPORTED,
	SOURCE_API,
	SOURCE_FORM, /* they signed up, and confirmed it */
	SOURCE_COUNT,
};
extern const struct choices contact_sources;

/* A text is NULL if nothing was said here, and "" if it was emptied here, whatever a list says. */
struct own {
	unsigned source;
	const char *email, *first_name, *last_name, *company, *job_title, *location;
	const char *phone;             /* E.164: "+4917012345" */
	const char *fields;            /* a JSON object: key to text, number, boolean or null, which means emptied here */
	struct strings tags, dropped;  /* added here; and lists' tags that were removed here */
	struct moment unsubscribed_at; /* from everything, here; no list's status lifts it */
	struct strings left;    /* ids of lists that a provider or a rule has them on: unsubscribed here (leaving.h) */
	struct moment fewer_at; /* since when they want fewer emails (fewer.h) */
	struct consent consent;
	struct tracking tracking;
	struct rows permissions; /* struct permission_note: what was said of both, oldest first */
	struct moment created_at, updated_at;
	const char *created_by, *import_id;
};
extern const struct record_type own_record;

/* A custom field as rules find it. */
struct attribute {
	const char *key, *text, *fold; /* fold: text_fold(text) */
	double number;                 /* NaN unless the value is a number */
	struct moment at;              /* none unless the value is a day or time, as ISO 8601 */
};
extern const struct record_type attribute_record;

/* What a person is shown as and found by; NULL for a text that nobody knows. */
struct profile {
	const char *first_name, *last_name, *company, *job_title, *location, *phone;
	const char *custom_fields; /* a JSON object of key to value */
	/* The same, to be found by: the database compares code points. */
	const char *first_name_fold, *last_name_fold, *company_fold, *job_title_fold, *location_fold;
	struct rows attributes; /* struct attribute */
};

enum {
	OWN_TEXT_MAX = 200,   /* characters of a name, company, job title or location */
	OWN_TAGS_MAX = 100,   /* tags of a person */
	OWN_FIELDS_MAX = 100, /* custom fields of a person */
	OWN_LEFT_MAX = 500,   /* lists that a person has left */
};

/* Is anything about this person their own? Whoever has something stays when every list has lost them. */
bool own_is_any(const struct own *own);

/* A tag as it is stored (tag_norm). INVALID says why it is none. */
bool own_tag(const char *typed, const char *field, struct arena *arena, const char **tag, struct error *err) MUST_CHECK;

/* "+49 (0)170 / 123-45" as "+4917012345" (phone.h). INVALID without a country code. */
bool own_phone(const char *typed, const char *field, struct arena *arena, const char **phone,
               struct error *err) MUST_CHECK;

/* Custom fields as they are stored: at most OWN_FIELDS_MAX of text, number, boolean or null. INVALID names the key: it
 * begins with a letter and has only letters, digits, "_", "-", "." and spaces in between, so that "$" and control
 * characters never reach a query. */
bool own_check_fields(const struct value *fields, const char *field, struct error *err) MUST_CHECK;

/* The fields of `change` over those of `fields` (JSON texts; NULL: none); those that become null are kept as null if
 * `keeps_null`, which hides what a list says, else removed. NULL without any. */
const char *own_merge_fields(const char *fields, const char *change, bool keeps_null, struct arena *arena);

/* The profile that own values and the fields of lists make (JSON texts, the first one that says something counts).
 * Lists' "FirstName", "LastName", "Company", "JobTitle", "Location" and "Phone", however spelled, are members of the
 * profile, everything else is an attribute. */
struct profile own_apply(const struct own *own, const struct strings *list_fields, struct arena *arena);

/* Lists' tags without those dropped here, and the own ones; each once. */
struct strings own_apply_tags(const struct own *own, const struct strings *list_tags, struct arena *arena);

/* What two people have, as one: `winner`'s values count, and what it does not say is `other`'s; tags of both; the
 * earlier unsubscribing, and every list that either has left; of consent and tracking what was said last. */
struct own own_merge(const struct own *winner, const struct own *other, struct arena *arena);

#endif
