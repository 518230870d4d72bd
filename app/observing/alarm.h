/* Notices about the figures of a run. */
#ifndef OBSERVING_ALARM_H
#define OBSERVING_ALARM_H

#include "core/store/store.h"

/* Creates notices about campaigns that the run has read and that were sent in the last 30 days: a limit exceeded or,
 * once opens and clicks are in, a rate far from the usual. Each once. */
bool alarm_of_run(struct store *store, const char *run_id, struct moment now, struct error *err) MUST_CHECK;

#endif
