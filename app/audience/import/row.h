/* A row of a file as what it says of one person. Pure.
 *
 * A row is rejected if it does not say who it is, or says something about mailing them that cannot be understood. Any
 * other value that cannot be read is left out, and the rest is imported. Every problem names its column, value, and
 * what would be right. */
#ifndef AUDIENCE_IMPORT_ROW_H
#define AUDIENCE_IMPORT_ROW_H

#include "audience/import/mapping.h"
#include "audience/import/words.h"
#include "core/base/moment.h"

/* The texts of a person. */
enum import_member {
	MEMBER_FIRST_NAME,
	MEMBER_LAST_NAME,
	MEMBER_PHONE, /* E.164 */
	MEMBER_COMPANY,
	MEMBER_JOB_TITLE,
	MEMBER_LOCATION,
	MEMBER_COUNT,
};
extern const struct choices import_members; /* "first_name" … */

/* A custom field. */
struct import_value {
	const char *key;
	const char *text; /* number: "-12.5"; date: ISO 8601; boolean: "true" or "false" */
	enum import_type type;
};

enum import_severity {
	PROBLEM_REJECTS,    /* the row */
	PROBLEM_LEAVES_OUT, /* the value */
	PROBLEM_FLAGS,      /* the value is imported, but look at it */
};

struct import_problem {
	enum import_severity severity;
	int column;          /* from 0; -1: the row */
	const char *heading; /* of the column; NULL */
	const char *value;   /* shortened */
	const char *why;     /* a sentence without its full stop */
	const char *example; /* of what is right; NULL */
};

enum cell_result { CELL_IGNORED, CELL_EMPTY, CELL_READ, CELL_COMPLETED, CELL_WRONG };

struct import_row {
	struct rows_place place;
	const char *email;               /* as typed; NULL without an address */
	const char *address, *key;       /* in ASCII, and what identifies the person; NULL */
	const char *texts[MEMBER_COUNT]; /* NULL: says nothing */
	struct strings tags;
	struct import_value *fields;
	int field_count;
	const char *consent_source, *consent_text; /* NULL */
	struct moment consent_at, created_at;      /* MOMENT_NONE */
	enum import_status status;
	struct import_problem *problems;
	int problem_count;
	bool is_rejected;
	enum cell_result cells[IMPORT_COLUMNS_MAX]; /* for counting by column */
};

/* How rows are read, the same for all of a file. */
struct import_reading {
	const struct import_mapping *mapping;
	const struct rows_format *format;
	const char *country; /* code without "+" for phone numbers without one; "" for none */
	struct moment now;   /* nobody agreed or was added after that */
};

/* Everything is copied to the arena. */
void import_row_read(struct arena *arena, const struct import_reading *reading, const struct rows_row *cells,
                     struct import_row *row);

/* Why it is rejected: "Email: “anna@mail” is incomplete …"; NULL if it is not. */
const char *import_row_reason(struct arena *arena, const struct import_row *row);

/* A problem as one text: "Moved in: “3/4/2026” … Write it like 2026-04-27." */
const char *import_problem_told(struct arena *arena, const struct import_problem *problem);

#endif
