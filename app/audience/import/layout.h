/* What a CSV file is, told from its beginning: encoding, separator, headings, and the first rows. Pure. */
#ifndef AUDIENCE_IMPORT_LAYOUT_H
#define AUDIENCE_IMPORT_LAYOUT_H

#include "audience/import/charset.h"
#include "audience/import/header.h"
#include "audience/import/rows.h"

enum separator_why {
	SEPARATOR_BY_COUNT, /* it parts the lines alike */
	SEPARATOR_BY_LINE,  /* the file begins with "sep=;" */
	SEPARATOR_BY_HAND,
	SEPARATOR_ONE_COLUMN, /* nothing parts the lines */
};

/* What a person has chosen instead of the guess. */
struct layout_choice {
	const char *charset; /* NULL or "": guessed */
	char separator;      /* 0: guessed */
	enum header_choice header;
};

struct layout {
	struct charset_guess charset; /* of what was guessed, even if another one is chosen */
	struct rows_format format;    /* with the number of columns */
	enum separator_why why;
	struct rows_place begin; /* of the row with the headings, or the first person */
	struct rows_place first; /* of the first person */
	struct header header;
	struct strings *sample; /* cells of the first people, at most IMPORT_LOOKED_AT */
	int sample_count;
	const char *doubt; /* why the separator must be wrong; NULL if nothing says so. Such a file is refused. */
};

/* Reads the first IMPORT_PIECE bytes; `whole`: that is all of the file. INVALID if it has no rows, its headings cannot
 * be used, or a choice is none. */
bool layout_read(struct arena *arena, const char *bytes, size_t size, bool whole, const struct layout_choice *choice,
                 struct layout *layout, struct error *err) MUST_CHECK;

/* "semicolon", for messages. */
const char *separator_name(char separator);

#endif
