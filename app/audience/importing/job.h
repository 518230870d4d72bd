/* The jobs of imports: one reads a whole file and counts what importing it would do, one imports it or undoes that. */
#ifndef AUDIENCE_IMPORTING_JOB_H
#define AUDIENCE_IMPORTING_JOB_H

#include "core/jobs/jobs.h"

extern const struct job_kind import_check_job, import_job;

#endif
