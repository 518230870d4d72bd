/* The headings of a file. Pure. */
#ifndef AUDIENCE_IMPORT_HEADER_H
#define AUDIENCE_IMPORT_HEADER_H

#include "core/base/error.h"
#include "core/base/text.h"

enum header_choice { HEADER_GUESSED, HEADER_IS_THERE, HEADER_IS_NOT };

struct header {
	struct strings names; /* as in the file, trimmed, in NFC; "" for a column that is ignored */
	struct strings keys;  /* the same as clean_key gives them */
	bool is_there;        /* false: the first row is a person, and columns are called "Column 1" … */
};

/* INVALID if two columns have the same name, whatever its case, or there are more than IMPORT_COLUMNS_MAX, or none
 * has a name. `cells`: the file's first row; `count`: how many it has. */
bool header_read(struct arena *arena, const struct strings *cells, int count, enum header_choice choice,
                 struct header *header, struct error *err) MUST_CHECK;

/* How many columns there are up to the last one with a name: a separator at the end of the headings makes one more. */
int header_named(const struct strings *names);

/* Is this row a person and no heading? Some cell looks like an address. */
bool header_is_person(const struct strings *cells);

#endif
