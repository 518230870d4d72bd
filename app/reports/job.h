/* Making requested reports: one job "report" each. Its context is the settings. */
#ifndef REPORTS_JOB_H
#define REPORTS_JOB_H

#include "core/jobs/jobs.h"

extern const struct job_kind report_job;

/* Pure. Why a report could not be made and what helps, for people, from the last error of its job or JOB_DIED. */
const char *report_problem(const char *why);

#endif
