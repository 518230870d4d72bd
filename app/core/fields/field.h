/* One table beside each struct; BSON, JSON, template data and the OpenAPI document are derived from it.
 *
 *   struct list { const char *name; int64_t subscribed; struct moment created_at; };
 *   static const struct field fields[] = {
 *           FIELD(struct list, name, .doc = "Name at the provider"), … };
 *   const struct record_type list_record = RECORD_TYPE("List", struct list, fields);
 *
 * The C type is read off the member, so a member that the table cannot carry fails to compile:
 *   bool; int64_t; double; const char *; struct moment; unsigned (an enum, with .choices);
 *   struct strings; struct bytes (stored only, never shown); a struct with a record of its own (FIELD_RECORD); struct
 * records, an array of such structs (FIELD_LIST). Absent is COUNT_NONE, NaN, NULL and MOMENT_NONE; it is null in JSON
 * and left out of BSON.
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

/* "1,234", "–" for COUNT_NONE. */
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

/* Binary data; PRIVATE, so that it is stored only. */
struct bytes {
	const char *data; /* NULL: absent */
	size_t size;
};

/* `count` structs of one record, one after the other. */
struct rows {
	void *items;
	int count;
};

enum field_flags {
	FIELD_PRIVATE = 1,  /* stored, but never leaves by JSON, template or document */
	FIELD_ID = 2,       /* the text, or each of the strings, is 24 hex digits here, an ObjectId in BSON */
	FIELD_REQUIRED = 4, /* from outside it must come, and a text must not be empty */
	FIELD_REVISION = 8, /* a count that rises with each save (store_save); a stored document without it reads as 0 */
	FIELD_FOREIGN = 16, /* a choice by the words of another system: one that is none of them is stored and read as the
	                     * first, "unknown" */
	FIELD_LARGE = 32,   /* store_list and store_page leave it out, so what they give is not saved as a whole */
};

struct record_type;

struct field {
	const char *name, *stored; /* in JSON and on pages; in BSON, where that differs */
	enum field_type type;
	size_t offset;
	int flags;
	const struct choices *choices;
	const struct record_type *record;
	const char *unit, *doc;
	int64_t max; /* from outside: characters of a text (0: TEXT_MAX), items (0: STRINGS_MAX), greatest count (0: any) */
};

enum { TEXT_MAX = 1000, STRINGS_MAX = 1000 };

struct record_type {
	const char *name; /* of the OpenAPI schema */
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
#define FIELD_RECORD(owner, member, its_record, ...) \
	{ .name = #member, .type = FIELD_NESTED, .offset = offsetof(owner, member), .record = &(its_record), __VA_ARGS__ }
#define FIELD_LIST(owner, member, its_record, ...) \
	{ .name = #member, .type = FIELD_ROWS, .offset = offsetof(owner, member), .record = &(its_record), __VA_ARGS__ }
#define RECORD_TYPE(its_name, type, table) { (its_name), (table), (int)(sizeof(table) / sizeof *(table)), sizeof(type) }

const char *field_stored_name(const struct field *field);

/* By the name in the table, NULL for none; and by the stored name. */
const struct field *record_field(const struct record_type *record, const char *name);
const struct field *record_field_stored(const struct record_type *record, const char *stored);

/* Sets every member to "absent". */
void record_clear(const struct record_type *record, void *object);

/* Appends the field of the object; false where it is absent. A nested record and an array are always present. */
bool field_to_bson(const struct field *field, const void *object, bson_t *bson);

/* Appends the fields that are present. */
void record_to_bson(const struct record_type *record, const void *object, bson_t *bson);

/* Clears, then fills from what the document holds; texts are copied to the arena. A member of another type than the
 * table's is treated as absent; keys that the table lacks are passed over. FAULT when a choice is stored in a word that
 * is none of the table's: a newer version wrote it, or it is damaged; the error names the first such member and its
 * word, and the member holds the first choice. */
bool record_from_bson(const struct record_type *record, const bson_t *bson, struct arena *arena, void *object,
                      struct error *err) MUST_CHECK;

/* A JSON object without PRIVATE fields; absent is null. */
void record_to_json(const struct record_type *record, const void *object, struct buf *out);

/* A JSON array of such objects. */
void rows_to_json(const struct record_type *record, const struct rows *rows, struct buf *out);

/* The same as template data; texts are not copied, moments are ISO 8601. */
struct value *record_to_value(const struct record_type *record, const void *object, struct arena *arena);

/* From outside, a form or a JSON object: clears, then fills. INVALID names the first field whose value has another
 * type, is no choice, is too long or too great, or that is required and missing; `problems` (may be NULL) gets all
 * such fields, and `object` what could be read. A JSON key that the table lacks is refused by name, a form's is passed
 * over (forms carry csrf and buttons). PRIVATE fields do not come from outside; nested records only by JSON; a list is
 * an array of texts, in a form every value of its name. Texts are trimmed and not copied when nothing has to be cut. */
bool record_from_form(const struct record_type *record, const struct params *form, struct arena *arena, void *object,
                      struct problems *problems, struct error *err) MUST_CHECK;
bool record_from_json(const struct record_type *record, const struct value *json, struct arena *arena, void *object,
                      struct problems *problems, struct error *err) MUST_CHECK;

/* A CSV row of the fields' names, or of their values: absent is empty, moments are ISO 8601, lists are joined
 * with a space. PRIVATE and nested fields have no column. */
void record_to_csv_head(const struct record_type *record, struct buf *out);
void record_to_csv(const struct record_type *record, const void *object, struct buf *out);

/* The OpenAPI 3.1 schema of the record. */
struct value *record_schema(const struct record_type *record, struct arena *arena);

#endif
