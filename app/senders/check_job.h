/* Looking up a sending domain's records: a job of telltale-audience. */
#ifndef SENDERS_CHECK_JOB_H
#define SENDERS_CHECK_JOB_H

#include "core/jobs/jobs.h"

/* Its context is the settings. Each domain is looked up once a day, besides when somebody asks. */
extern const struct job_kind sending_domain_job;

#endif
