/* Rows of an import, a batch at a time: read, decided, and, unless it is a check, written. */
#ifndef AUDIENCE_IMPORTING_BATCH_H
#define AUDIENCE_IMPORTING_BATCH_H

#include "audience/contacts/take.h"
#include "audience/import/seen.h"
#include "audience/import/tally.h"
#include "audience/importing/file.h"
#include "audience/importing/import.h"

enum { IMPORT_BATCH = 1000, IMPORT_SHOWN_ROWS = 50 };

/* An import while it runs. */
struct import_work {
	struct store *store;
	struct arena *arena; /* of the run */
	struct import import;
	struct import_mapping mapping;
	struct rows_format format;
	struct import_reading reading;
	struct import_choice choice;
	struct pieces *file;
	struct seen *seen;
	struct rows definitions;        /* of custom fields */
	struct import_domains *domains; /* NULL: they are not looked up */
	struct moment now;
	bool writes;  /* else it only counts */
	bool resumed; /* the next batch may have been begun before */
	bool ended;   /* no row is left */
	struct import_tally *tally;
};

/* Prepares the work from the import; `arena` outlives it. */
void import_work_begin(struct import_work *work, struct arena *arena);

/* The next batch from import.at: moves that place, looked_at and the counts on. */
bool import_batch(struct import_work *work, struct arena *arena, struct error *err) MUST_CHECK;

/* Notes who is named in the rows before `until`, for a run that goes on: reads about a piece of the file; *done when it
 * has come there. `place`: where it is. */
bool import_recall(struct import_work *work, struct import_place *place, int64_t until, struct arena *arena, bool *done,
                   struct error *err) MUST_CHECK;

#endif
