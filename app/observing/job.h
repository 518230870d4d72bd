/* The runs as jobs: one at a time, the figures before the people. Their context is the settings. */
#ifndef OBSERVING_JOB_H
#define OBSERVING_JOB_H

#include "core/jobs/jobs.h"

enum { SYNC_KINDS = 2 };
extern const struct job_kind *const sync_kinds[SYNC_KINDS];

/* A replay, which keeps the runs out as long as it lasts (jobs_hold). */
extern const struct job_kind replay_job;

#endif
