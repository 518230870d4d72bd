/* One field table per struct; BSON, JSON, template data and the OpenAPI schema are derived from it.
 *
 *   struct list { const char *name; int64_t subscribed; struct moment created_at; };
 *   static const struct field fields[] = {
 *           FIELD(struct list, name, .doc = "Name at the provider"), … };
 *   const struct record_type list_record = RECORD_TYPE("List", struct list, fields);
 *
 * The field type is deduced from the member's C type; an unsupported one fails to compile:
 *   bool; int64_t; double; const char *; struct moment; unsigned (an enum, with .choices);
 *   struct strings; struct bytes (stored, never shown); a struct with its own record type (FIELD_RECORD); struct
 * records, an array of such structs (FIELD_LIST). COUNT_NONE, NaN, NULL and MOMENT_NONE mean absent: null in JSON,
 * omitted from BSON.
 */
#ifndef FIELDS_FIELD_H
#define FIELDS_FIELD_H

#include <bson/bson.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/choice.h"
#include "core/base/moment.h"
#include "core/base/text.h"
#include "core/fields/problems.h"
#include "core/formats/url.h"
#include "core/formats/value.h"

#define COUNT_NONE INT64_MIN

/* No count that enters is larger: a hundred times as many people as there are. A sum over a million rows of such counts
 * still fits, and a double holds every one exactly. A provider's larger number is an error of the provider. */
#define COUNT_MAX INT64_C(1000000000000)

/* "1,234"; "–" for COUNT_NONE. */
char *count_text(struct arena *arena, int64_t count);

enum field_type {
	FIELD_BOOL,
	FIELD_COUNT, /* int64_t */
	FIELD_REAL,
	FIELD_TEXT,
	FIELD_MOMENT,
	FIELD_CHOICE,
	FIELD_STRINGS,
	FIELD_BYTES,
	FIELD_NESTED,
	FIELD_ROWS,
};

/* Binary data; PRIVATE, so it is only ever stored. */
struct bytes {
	const char *data; /* NULL if absent */
	size_t size;
};

/* An array of `count` structs of one record type. */
struct rows {
	void *items;
	int count;
};

enum field_flags {
	FIELD_PRIVATE = 1,  /* stored, but never shown in JSON, templates or OpenAPI */
	FIELD_ID = 2,       /* the text (or each of the strings) is 24 hex digits, stored as an ObjectId */
	FIELD_REQUIRED = 4, /* required in input; a text must not be empty */
	FIELD_REVISION = 8, /* incremented by each save (store_save); 0 if the stored document has none */
	FIELD_FOREIGN = 16, /* a choice whose words belong to another system; an unknown word reads as the first choice,
	                       "unknown" */
	FIELD_TRUE = 64,    /* a bool that is true where it is absent; not for a checkbox, which is absent if unchecked */
	FIELD_LARGE = 32,   /* not read by store_list and store_page, so do not save their results as a whole */
	FIELD_LINES = 256,  /* strings: input may also be one text with a line for each */
	FIELD_OBJECT = 128, /* the text is a JSON object: in JSON it is that object, and no form gives it */
};

struct record_type;

struct field {
	const char *name, *stored; /* in JSON and on pages; in BSON, if different */
	enum field_type type;
	size_t offset;
	int flags;
	const struct choices *choices;
	const struct record_type *record;
	const char *unit, *doc;
	int64_t max; /* limit on input: characters of a text (0: TEXT_MAX), bytes of an object (0: OBJECT_MAX), number of
	                items (0: STRINGS_MAX), value of a count (0: COUNT_MAX) */
};

enum { TEXT_MAX = 1000, STRINGS_MAX = 1000, OBJECT_MAX = 64 * 1024 };

struct record_type {
	const char *name; /* also that of the OpenAPI schema */
	const struct field *fields;
	int count;
	size_t size;
};

#define FIELD_TYPE(type, member)         \
	_Generic(&((type *)0)->member,       \
	    bool *: FIELD_BOOL,              \
	    int64_t *: FIELD_COUNT,          \
	    double *: FIELD_REAL,            \
	    const char **: FIELD_TEXT,       \
	    struct moment *: FIELD_MOMENT,   \
	    unsigned *: FIELD_CHOICE,        \
	    struct strings *: FIELD_STRINGS, \
	    struct bytes *: FIELD_BYTES)

#define FIELD(owner, member, ...) \
	{ .name = #member, .type = FIELD_TYPE(owner, member), .offset = offsetof(owner, member), __VA_ARGS__ }
/* Under another name: FIELD_AS(struct contact, profile.company, "company"). */
#define FIELD_AS(owner, member, its_name, ...) \
	{ .name = (its_name), .type = FIELD_TYPE(owner, member), .offset = offsetof(owner, member), __VA_ARGS__ }
#define FIELD_RECORD(owner, member, its_record, ...) \
	{ .name = #member, .type = FIELD_NESTED, .offset = offsetof(owner, member), .record = &(its_record), __VA_ARGS__ }
#define FIELD_LIST(owner, member, its_record, ...) \
	{ .name = #member, .type = FIELD_ROWS, .offset = offsetof(owner, member), .record = &(its_record), __VA_ARGS__ }
#define RECORD_TYPE(its_name, type, table) { (its_name), (table), (int)(sizeof(table) / sizeof *(table)), sizeof(type) }

const char *field_stored_name(const struct field *field);

/* Looks up a field by its name in the table, or by its stored name; NULL if there is none. */
const struct field *record_field(const struct record_type *record, const char *name);
const struct field *record_field_stored(const struct record_type *record, const char *stored);

/* Sets every member in the table to absent, all others to zero. */
void record_clear(const struct record_type *record, void *object);

/* Do both objects say the same in JSON? PRIVATE fields do not count. */
bool record_same(const struct record_type *record, const void *a, const void *b);

/* The named members of `now` could not be read, or not wholly: they are as `before` had them; nothing is copied deeper.
 * Of an array the items that could be read are followed by those of before that are not among them, as one that could
 * not be read may be any of these. Rows are the same if their first text is, and lack no text that was known. */
void record_keep(const struct record_type *record, void *now, const void *before, const struct strings *names,
                 struct arena *arena);

/* Copies the named members; "settings.days" is one member of a nested record, "settings" alone copies none of them.
 * Other names are ignored. Nothing is copied deeper. */
void record_take(const struct record_type *record, void *to, const void *from, const struct strings *names);

/* Appends the object's field; returns false if it is absent. Nested records and arrays are always present. */
bool field_to_bson(const struct field *field, const void *object, bson_t *bson);

/* Appends the fields that are present. */
void record_to_bson(const struct record_type *record, const void *object, bson_t *bson);

/* Clears the object and fills it from the document; texts are copied to the arena. A member of the wrong type is
 * treated as absent; unknown keys are ignored. FAULT if a choice is stored as an unknown word, written by a newer
 * version or damaged: the error names the first such member and its word, and the member is set to the first choice. */
bool record_from_bson(const struct record_type *record, const bson_t *bson, struct arena *arena, void *object,
                      struct error *err) MUST_CHECK;

/* A JSON object; PRIVATE fields are left out, absent ones are null. */
void record_to_json(const struct record_type *record, const void *object, struct buf *out);

/* A JSON array of such objects. */
void rows_to_json(const struct record_type *record, const struct rows *rows, struct buf *out);

/* The same as template data; texts are referenced, moments are ISO 8601. */
struct value *record_to_value(const struct record_type *record, const void *object, struct arena *arena);

/* Clears the object and fills it from input: a form or a JSON object. INVALID names the first field that has the wrong
 * type, is not a valid choice, exceeds its limit, or is required and missing; `problems` (may be NULL) gets all such
 * fields, and `object` whatever could be read. An unknown JSON key is refused by name; unknown form fields are ignored
 * (forms carry csrf and buttons). PRIVATE fields are never read from input, nested records only from JSON, where a
 * problem names the path: "period.from". A list is an array of texts, or all values of its name in a form. Texts are
 * trimmed, and copied only if trimming changes them. */
bool record_from_form(const struct record_type *record, const struct params *form, struct arena *arena, void *object,
                      struct problems *problems, struct error *err) MUST_CHECK;
bool record_from_json(const struct record_type *record, const struct value *json, struct arena *arena, void *object,
                      struct problems *problems, struct error *err) MUST_CHECK;

/* A CSV row of the field names or of their values: absent is empty, moments are ISO 8601, list items are separated by a
 * space. PRIVATE and nested fields have no column. */
void record_to_csv_head(const struct record_type *record, struct buf *out);
void record_to_csv(const struct record_type *record, const void *object, struct buf *out);

/* The record's OpenAPI 3.1 schema. */
struct value *record_schema(const struct record_type *record, struct arena *arena);

#endif
