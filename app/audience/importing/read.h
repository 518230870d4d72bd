/* Reading a batch of rows from the stored file. Private to this folder. */
#ifndef AUDIENCE_IMPORTING_READ_H
#define AUDIENCE_IMPORTING_READ_H

#include "audience/importing/batch.h"

struct batch_row {
	struct import_row row;
	struct strings cells; /* as in the file */
	const char *identity; /* what the file's rows are told apart by; NULL */
	int64_t first;        /* an earlier row that names the same person; 0 */
	const struct contact_known *known;
	const char *refused;                       /* why it is rejected, beside what the row itself says */
	bool is_erased;                            /* so that nothing is kept of what the row says */
	const char *suppressed, *phone_suppressed; /* as contact.h has them */
	struct import_decision decision;
	bool bad_domain; /* nobody takes mail for the address */
	bool settled;    /* its outcome stands */
};

struct batch {
	struct arena *arena;
	struct batch_row rows[IMPORT_BATCH];
	int count, limit;
	struct import_place next;
	struct import_work *work;
};

/* Up to batch->limit rows from `place`; work->ended if that is all. */
bool import_read(struct import_work *work, const struct import_place *place, struct batch *batch,
                 struct error *err) MUST_CHECK;

#endif
