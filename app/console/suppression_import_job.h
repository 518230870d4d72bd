/* Suppresses the rows of a file, batch by batch; a job of telltale-audience. */
#ifndef CONSOLE_SUPPRESSION_IMPORT_JOB_H
#define CONSOLE_SUPPRESSION_IMPORT_JOB_H

#include "core/jobs/jobs.h"

extern const struct job_kind suppression_import_job;

#endif
