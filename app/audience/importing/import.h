/* An import: a file that was uploaded, what its columns are, what is to be done with it, and how far that is. In
 * `imports`; its file in `import_files` (file.h), what it did to each row in `import_rows` (line.h). */
#ifndef AUDIENCE_IMPORTING_IMPORT_H
#define AUDIENCE_IMPORTING_IMPORT_H

#include "audience/import/policy.h"
#include "audience/importing/state.h"
#include "core/store/store.h"

/* As struct import_column, stored. */
struct import_stored_column {
	const char *name, *field;
	unsigned target, type, order;
	bool is_new, by_hand; /* by_hand: somebody has chosen order or decimal sign */
	const char *decimal;  /* "." or "," or NULL */
	struct strings samples;
	const char *told; /* what its cells have (tally_told); NULL before the file was read */
};

struct import_counts {
	int64_t created, updated, unchanged, skipped, rejected;
};

/* Where the next row is. */
struct import_place {
	int64_t offset, row, line;
};

/* A row as the check found it, for the preview. */
struct import_shown {
	int64_t row;
	const char *who, *name, *why, *told;
	unsigned outcome;
};

struct import {
	const char *id, *name; /* of the file */
	unsigned state;
	const char *created_by, *problem;
	struct moment created_at, started_at, ended_at, undone_at;
	int64_t bytes, pieces;
	const char *sha256; /* of the file */

	/* How it is read. */
	const char *charset, *charset_told, *separator, *preset;
	unsigned header; /* enum header_choice, as chosen */
	bool has_header;
	int64_t column_count; /* of the file's rows */
	struct import_place first;
	struct rows columns; /* struct import_stored_column */

	/* What is to be done. */
	unsigned known; /* enum import_known */
	bool resubscribe;
	const char *list_id, *list_name, *consent_source, *country;
	struct strings tags;

	/* What came of it. */
	int64_t rows;                          /* of the file; absent before all of it was read */
	int64_t looked_at;                     /* rows so far */
	struct import_counts counts, expected; /* expected: by the check */
	int64_t repeated;                      /* of expected.skipped: rows that name somebody whom an earlier row names */
	int64_t bad_domains;                   /* rows that add or change somebody at a domain that takes no mail */
	struct rows shown;                     /* struct import_shown */
	struct import_place at;
	int64_t undo_row;                /* the last one that was undone */
	int64_t removed, restored, kept; /* by undoing it */
	int64_t fence;
};
extern const struct record_type import_record;

extern const char *const import_state_labels[IMPORT_STATE_COUNT]; /* for people: "Waiting for you" */

/* The mapping as it is stored, and back. */
void import_put_mapping(struct import *import, const struct import_mapping *mapping, struct arena *arena);
void import_get_mapping(const struct import *import, struct import_mapping *mapping);
struct rows_format import_format(const struct import *import);
struct rows_place import_place(const struct import_place *place);

bool import_find(struct store *store, const char *id, struct arena *arena, struct import *import, bool *found,
                 struct error *err) MUST_CHECK;

/* Newest first. */
bool import_list(struct store *store, int limit, struct arena *arena, struct import **imports, int *count,
                 struct error *err) MUST_CHECK;

/* The one that was imported from the same file before, not undone; NULL if there is none. */
bool import_same(struct store *store, const struct import *import, struct arena *arena, const char **id,
                 struct error *err) MUST_CHECK;

bool import_insert(struct store *store, const struct import *import, struct error *err) MUST_CHECK;

/* Takes a step, with what else is written then; CONFLICT, in words, if it cannot be taken now. */
bool import_step(struct store *store, const struct import *import, enum import_step step, const struct members *with,
                 struct arena *arena, struct error *err) MUST_CHECK;

/* How the file is read instead, while it waits for its columns. */
bool import_save_reading(struct store *store, const struct import *import, struct error *err) MUST_CHECK;

/* The same by the holder of its job: *taken is false if somebody else has it, or the step cannot be taken. */
bool import_step_held(struct store *store, const struct import *import, enum import_step step,
                      const struct members *with, int64_t fence, struct arena *arena, bool *taken,
                      struct error *err) MUST_CHECK;

/* How far it is. *running is false if it was stopped, or anything else, meanwhile. */
bool import_save_progress(struct store *store, const struct import *import, int64_t fence, bool *running,
                          struct error *err) MUST_CHECK;

/* Leaves out what was read of people: samples, the rows of the preview. For imports that have ended. */
void import_clear_people(struct import *import);

/* Asks for the job that does what its state calls for. */
#define IMPORT_JOB "import"
#define IMPORT_CHECK_JOB "import check"
bool import_ask_job(struct store *store, const char *id, enum import_state state, struct arena *arena,
                    struct error *err) MUST_CHECK;

#endif
