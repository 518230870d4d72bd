/* What the figures of a run give notice of. */
#ifndef OBSERVING_ALARM_H
#define OBSERVING_ALARM_H

#include "core/store/store.h"

/* Gives notice of the campaigns that a run has read, of those sent in the last 30 days: a limit that is passed, and
 * once opens and clicks are in, a rate far off the usual. Each thing once. */
bool alarm_of_run(struct store *store, const char *run_id, struct moment now, struct error *err) MUST_CHECK;

#endif
