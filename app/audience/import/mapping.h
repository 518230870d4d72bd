/* Which column of a file is what. Pure: guessed from headings in English, German, French, Spanish, Italian and Dutch,
 * from the headings of other tools' exports, and from the values; then corrected by a person, and checked. */
#ifndef AUDIENCE_IMPORT_MAPPING_H
#define AUDIENCE_IMPORT_MAPPING_H

#include "audience/import/date.h"
#include "audience/import/layout.h"

enum import_target {
	TARGET_IGNORE,
	TARGET_EMAIL,
	TARGET_FIRST_NAME,
	TARGET_LAST_NAME,
	TARGET_FULL_NAME, /* parted into both */
	TARGET_PHONE,
	TARGET_COMPANY,
	TARGET_JOB_TITLE,
	TARGET_LOCATION,
	TARGET_TAGS, /* several columns may be */
	TARGET_FIELD,
	TARGET_CONSENT_SOURCE,
	TARGET_CONSENT_TIME,
	TARGET_CONSENT_TEXT,
	TARGET_STATUS,
	TARGET_OPT_OUT, /* yes: they do not want mail */
	TARGET_CREATED,
	TARGET_COUNT,
};
extern const struct choices import_targets;
extern const char *const import_target_labels[TARGET_COUNT]; /* "First name"; TARGET_IGNORE: "Do not import" */

enum import_type { IMPORT_TYPE_TEXT, IMPORT_TYPE_NUMBER, IMPORT_TYPE_DATE, IMPORT_TYPE_BOOLEAN, IMPORT_TYPE_COUNT };
extern const struct choices import_types;

enum import_why { MAPPED_NOT, MAPPED_BY_PRESET, MAPPED_BY_NAME, MAPPED_BY_VALUES, MAPPED_BY_HAND };

/* A custom field that exists. */
struct import_field {
	const char *key, *label;
	enum import_type type;
};

enum { IMPORT_SAMPLES = 3 };

struct import_column {
	const char *name; /* of the file; "" is ignored */
	enum import_target target;
	enum import_why why;
	/* Of a custom field; of an ignored column, the new one that it could become. */
	const char *field;
	enum import_type type;
	bool is_new;
	enum date_order order; /* of dates, as their values tell it */
	char decimal;          /* of numbers, as their values tell it; 0: not known */
	const char *samples[IMPORT_SAMPLES];
	int sample_count;
};

struct import_mapping {
	struct import_column columns[IMPORT_COLUMNS_MAX];
	int count;
	const char *preset; /* "Mailchimp"; NULL */
};

/* Every column whose meaning is not told stays TARGET_IGNORE. */
void mapping_guess(struct arena *arena, const struct layout *layout, const struct import_field *fields, int field_count,
                   struct import_mapping *mapping);

/* INVALID with the column: no address and no phone, a target twice, a field's key twice or not allowed. */
bool mapping_check(const struct import_mapping *mapping, struct error *err) MUST_CHECK;

/* How many columns go somewhere. */
int mapping_recognised(const struct import_mapping *mapping);

/* Private to this folder: the target that a heading's key means; TARGET_IGNORE if none. */
enum import_target mapping_by_name(const char *key);

/* Private to this folder: if it is another tool's export, fills the targets of its columns and returns its name. */
const char *mapping_by_preset(const struct header *header, enum import_target *targets);

#endif
