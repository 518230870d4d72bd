/* Making requested reports: one job "report" each. Its context is the settings. */
#ifndef REPORTS_JOB_H
#define REPORTS_JOB_H

#include "core/jobs/jobs.h"

extern const struct job_kind report_job;

#endif
