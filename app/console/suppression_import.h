/* A CSV file of addresses and phone numbers that are to be suppressed, as other tools export them, or this one
 * (/suppressions.csv). Read with the readers of imports of contacts (audience/import). */
#ifndef CONSOLE_SUPPRESSION_IMPORT_H
#define CONSOLE_SUPPRESSION_IMPORT_H

#include "audience/suppression/suppression.h"

struct suppression_problem {
	int64_t line;
	const char *value, *why;
};

struct suppression_import {
	int64_t rows;
	int64_t suppressed; /* rows that are suppressed now */
	int64_t known;      /* of these: for this reason before, too */
	int64_t rejected;
	struct rows problems; /* struct suppression_problem, the first of those rejected */
};
extern const struct record_type suppression_import_record;

/* `like`: reason, evidence and so on where the file has none of its own. INVALID, naming "file": there is no column of
 * addresses or numbers, or it is no CSV. Interrupted, it may be imported again. */
bool suppression_import_file(struct store *store, const char *bytes, size_t size, const struct suppression_entry *like,
                             struct arena *arena, struct suppression_import *done, struct error *err) MUST_CHECK;

#endif
