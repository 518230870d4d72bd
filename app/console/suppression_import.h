/* A CSV file of addresses and phone numbers that are to be suppressed, as other tools export them, or this one
 * (/suppressions.csv). Read with the readers of imports of contacts (audience/import). A request checks its columns and
 * keeps it in `suppression_imports`; a job of telltale-audience suppresses its rows, batch by batch. */
#ifndef CONSOLE_SUPPRESSION_IMPORT_H
#define CONSOLE_SUPPRESSION_IMPORT_H

#include "audience/suppression/suppression.h"

struct suppression_problem {
	int64_t line;
	const char *value, *why;
};

enum suppression_import_state {
	SUPPRESSIONS_QUEUED,
	SUPPRESSIONS_RUNNING,
	SUPPRESSIONS_DONE,
	SUPPRESSIONS_FAILED,
	SUPPRESSIONS_STOPPED, /* by a user; what was suppressed stays */
	SUPPRESSIONS_STATES,
};

struct suppression_import {
	const char *id, *name;  /* of the file */
	unsigned state;         /* enum suppression_import_state */
	unsigned reason;        /* of rows that have none of their own */
	const char *created_by; /* user */
	const char *problem;    /* why it failed */
	struct moment created_at, ended_at, expires_at;
	int64_t bytes;      /* of the file */
	int64_t rows;       /* so far */
	int64_t suppressed; /* rows that are suppressed now */
	int64_t known;      /* of these: for this reason before, too */
	int64_t rejected;
	struct rows problems;      /* struct suppression_problem, the first of those rejected */
	struct bytes file;         /* until it is over */
	int64_t offset, row, line; /* where the next row begins */
	int64_t fence;
};
extern const struct record_type suppression_import_record;

/* Checks the file and keeps it: `import` has id, name, reason, created_by, created_at and file. INVALID, naming "file":
 * there is no column of addresses or numbers, or it is no CSV. BUSY: too many wait. */
bool suppression_import_ask(struct store *store, struct suppression_import *import, struct arena *arena,
                            struct error *err) MUST_CHECK;

/* By its id; MISSING. */
bool suppression_import_need(struct store *store, const char *id, struct arena *arena,
                             struct suppression_import *import, struct error *err) MUST_CHECK;

/* Reads no more of it; what it has suppressed stays. *import: as it is then. CONFLICT: it is over. */
bool suppression_import_stop(struct store *store, const char *id, struct moment now, struct arena *arena,
                             struct suppression_import *import, struct error *err) MUST_CHECK;

/* Suppresses the next rows, and moves the place and the counts on. *over: there are none left. INVALID: the rest cannot
 * be read. Done again after a crash, it counts the same. `kept`: where the problems live. */
bool suppression_import_batch(struct store *store, struct suppression_import *import, struct arena *kept, bool *over,
                              struct error *err) MUST_CHECK;

/* What the holder of its job has done: state, counts, place and problem; if it was stopped meanwhile, the counts alone.
 * *held: it still has it. */
bool suppression_import_save(struct store *store, const struct suppression_import *import, bool *stopped, bool *held,
                             struct error *err) MUST_CHECK;

/* Those that are not over get a job, which a crash may have left out (`adopt` of a job kind). */
bool suppression_imports_adopt(struct store *store, void *context, struct error *err) MUST_CHECK;

/* Somebody is erased: what could not be read of files may name anybody, so it goes. */
bool suppression_imports_forget(struct store *store, struct error *err) MUST_CHECK;

#define SUPPRESSION_IMPORT_JOB "suppression_import"

#endif
