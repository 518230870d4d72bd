/* What a person or a program asks of an import: read from a form, checked, and put into it. */
#ifndef AUDIENCE_IMPORTING_ASKING_H
#define AUDIENCE_IMPORTING_ASKING_H

#include "audience/importing/import.h"
#include "core/formats/url.h"

struct import_request {
	const char *charset, *separator, *header; /* NULL or "": guessed */
	const char *mapping;                      /* JSON: column to target */
	unsigned policy;                          /* enum import_known */
	const char *tags, *list, *consent_source, *country;
	bool resubscribe;
};
extern const struct record_type import_request_record;

/* What is told of a column before all of the file is checked is told of so many rows. */
enum { IMPORT_TOLD_ROWS = 2000 };

/* Who uploads what. */
struct import_upload {
	const char *id, *name, *bytes;
	int64_t size;
	const char *by; /* user */
	struct moment now;
};

/* The separators, named: "comma" … */
extern const char *const import_separators[4][2];

/* Pure. The import of an upload, in IMPORT_MAPPING, with the columns guessed. INVALID, TOO_LARGE: the file or the
 * request is not fit. `fields`: those that exist. */
bool import_ask(const struct import_upload *upload, const struct import_request *request,
                const struct import_field *fields, int field_count, struct arena *arena, struct import *import,
                struct error *err) MUST_CHECK;

/* Pure. The same file, read in another way; `bytes` is its first piece. */
bool import_ask_again(struct import *import, const struct import_request *request, const char *bytes, size_t size,
                      bool whole, const struct import_field *fields, int field_count, struct moment now,
                      struct arena *arena, struct error *err) MUST_CHECK;

/* Pure. What a mapping says (JSON of column to target), over what is guessed. INVALID names the column. */
bool import_ask_mapping(struct import *import, const char *json, struct arena *arena, struct error *err) MUST_CHECK;

/* Pure. The same as a form says it: to.N, order.N, decimal.N. */
bool import_take_form(struct import *import, const struct params *form, struct arena *arena,
                      struct error *err) MUST_CHECK;

/* The country of phone numbers that have none: "+49", "0049" or "49"; NULL or "" for none. INVALID names "country". */
bool import_take_country(struct import *import, const char *typed, struct arena *arena, struct error *err) MUST_CHECK;

/* The custom fields that are defined. */
bool import_fields(struct store *store, struct arena *arena, struct import_field **fields, int *count,
                   struct error *err) MUST_CHECK;

/* Pure. A column that goes to a defined field is read as that wants it. */
void import_set_types(struct import *import, const struct import_field *fields, int count);

/* Pure. The mapping can be imported by. */
bool import_check(const struct import *import, struct error *err) MUST_CHECK;

/* The words of a column's choice: "email", "field:usage". */
const char *import_choice_word(const struct import_stored_column *column, struct arena *arena);

/* Pure. What the first rows of the file tell of the columns. */
bool import_tell(struct import *import, const char *bytes, size_t size, bool whole, struct moment now,
                 struct arena *arena, struct error *err) MUST_CHECK;

#endif
