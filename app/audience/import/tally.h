/* What the columns of a file have, counted while it is read: what a person checks a mapping by. Pure. */
#ifndef AUDIENCE_IMPORT_TALLY_H
#define AUDIENCE_IMPORT_TALLY_H

#include "audience/import/row.h"

enum { TALLY_TAGS = 3 };

struct column_tally {
	int64_t filled, read, completed, wrong;
	double least, most;           /* of numbers */
	const char *tags[TALLY_TAGS]; /* the first different ones */
	int tag_count;
};

struct import_tally {
	struct column_tally columns[IMPORT_COLUMNS_MAX];
	int64_t rows, rejected;
};

/* `arena`: for the few tags that are kept. */
void tally_add(struct import_tally *tally, struct arena *arena, const struct import_mapping *mapping,
               const struct import_row *row);

/* "2,406 valid addresses, 12 invalid"; "Left out". `country`: as in struct import_reading. */
const char *tally_told(struct arena *arena, const struct import_tally *tally, const struct import_mapping *mapping,
                       int column, const char *country);

#endif
