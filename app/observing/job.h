/* The jobs of runs: one at a time, figures before contacts; and recounting days (observing/days.h). Their context is
 * the settings. */
#ifndef OBSERVING_JOB_H
#define OBSERVING_JOB_H

#include "core/jobs/jobs.h"

enum { SYNC_KINDS = 3 };
extern const struct job_kind *const sync_kinds[SYNC_KINDS];

/* A replay, which blocks runs while it lasts (jobs_hold). */
extern const struct job_kind replay_job;

#endif
