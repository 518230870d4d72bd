/* Private to observing: what becomes of a good answer. */
#ifndef OBSERVING_TAKING_H
#define OBSERVING_TAKING_H

#include "observing/engine.h"

/* Stores the raw answer before processing it; if this run, or of a contact report any, has stored it before, uses what
 * is stored. INVALID: it does not have the documented shape. True, with work->stop, if the store was away for too long.
 */
bool answer_take(struct work *work, struct task *task, const struct http_answer *answer, struct error *err) MUST_CHECK;

#endif
