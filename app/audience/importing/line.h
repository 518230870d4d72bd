/* What an import did to a row, kept for 30 days: for the report, for undoing it, and so that a run that was killed
 * knows what it had done. Written before the person is. In `import_rows`; rows that changed nothing have none. */
#ifndef AUDIENCE_IMPORTING_LINE_H
#define AUDIENCE_IMPORTING_LINE_H

#include "audience/contacts/own.h"
#include "audience/import/undo.h"
#include "core/store/store.h"

enum import_undone { LINE_STANDS, LINE_REMOVED, LINE_RESTORED, LINE_KEPT, LINE_UNDONE_COUNT };

struct import_line {
	const char *id; /* import_line_id */
	int64_t row;
	unsigned outcome;
	const char *contact_id; /* of whom it added or changed */
	const char *key;        /* what identifies the person; NULL if the row does not tell */
	const char *who;        /* the address, or the phone number */
	const char *reason;     /* why it was not imported, or what of it was not */
	struct strings cells;   /* of rows that were skipped or rejected */
	int64_t rev;            /* of the person after it */
	bool joined, resubscribed;
	struct own own; /* of somebody who was changed: as it was before */
	unsigned undone;
	const char *kept_why;
	struct moment at; /* when the import was begun: what is old is deleted by it */
};
extern const struct record_type import_line_record;

/* The id of a row's line, and of the person whom it adds: the same whenever it is asked for. Ordered by row. */
const char *import_line_id(const char *import_id, int64_t row, struct arena *arena);

/* The lines of rows after `after`, up to `last` (0: to the end). */
bool import_line_list(struct store *store, const char *import_id, int64_t after, int64_t last, int limit,
                      struct arena *arena, struct import_line **lines, int *count, struct error *err) MUST_CHECK;

bool import_line_insert(struct store *store, const struct import_line *lines, int count, struct error *err) MUST_CHECK;
bool import_line_drop(struct store *store, const struct strings *ids, struct error *err) MUST_CHECK;
bool import_line_drop_all(struct store *store, const char *import_id, struct error *err) MUST_CHECK;

/* Those about these people, by id, address or phone number. What a row that did not say who it is has in its cells
 * takes a reading of all of them (forget.h). */
bool import_line_forget(struct store *store, const struct strings *ids, const struct strings *keys,
                        struct error *err) MUST_CHECK;

/* What undoing will do, or has done, to each of these. */
bool import_line_save_undone(struct store *store, const struct import_line *lines, int count,
                             struct error *err) MUST_CHECK;

/* Deletes the lines of imports begun before that. */
bool import_line_drop_old(struct store *store, struct moment before, struct error *err) MUST_CHECK;

#endif
