/* The list that the people of an import join. Private to this folder. */
#ifndef AUDIENCE_IMPORTING_JOIN_H
#define AUDIENCE_IMPORTING_JOIN_H

#include "audience/importing/line.h"
#include "audience/importing/read.h"

/* The memberships of a row's person once they have joined. */
const struct membership *import_joined(const struct import_work *work, const struct batch_row *row,
                                       const char *contact_id, int *count, struct arena *arena);

/* Before a batch: MISSING, in words, if the list was deleted. */
bool import_need_list(struct import_work *work, struct arena *arena, struct error *err) MUST_CHECK;

/* When the batch is written: if the list was deleted meanwhile, nobody of it is on it. */
bool import_check_list(struct import_work *work, const struct batch *batch, struct error *err) MUST_CHECK;

/* Before the people of the batch are written: their memberships, so that whoever gathers them after that finds these.
 * May be repeated. */
bool import_join(struct import_work *work, const struct batch *batch, struct error *err) MUST_CHECK;

/* After that: whoever had unsubscribed from the list and is subscribed again. */
bool import_resubscribe(struct import_work *work, const struct batch *batch, struct error *err) MUST_CHECK;

/* Ends the memberships of those who could not be written: they are decided anew. */
bool import_leave(struct import_work *work, const struct batch *batch, struct error *err) MUST_CHECK;

/* Undoes the joining of these lines' people that were removed or put back. */
bool import_unjoin(struct import_work *work, const struct import_line *lines, int count, struct arena *arena,
                   struct error *err) MUST_CHECK;

#endif
