/* Undoing an import, a batch of its lines at a time. */
#ifndef AUDIENCE_IMPORTING_UNDOING_H
#define AUDIENCE_IMPORTING_UNDOING_H

#include "audience/importing/batch.h"

/* The next lines after import.undo_row: moves that and removed, restored and kept. *done after
 * the last. */
bool import_undo_batch(struct import_work *work, struct arena *arena, bool *done, struct error *err) MUST_CHECK;

#endif
