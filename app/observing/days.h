/* What is stored by day and week is counted anew when the account's time zone has changed. */
#ifndef OBSERVING_DAYS_H
#define OBSERVING_DAYS_H

#include "core/jobs/jobs.h"

#define DAYS_JOB "days" /* its kind and key */

/* Its plan asks for it while the zone of struct versions differs from the one that is counted. */
extern const struct job_kind days_job;

#endif
