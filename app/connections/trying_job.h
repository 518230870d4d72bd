/* The jobs that try connections. Each program tries those whose secrets it has, and sees to it that the connection of
 * its settings is stored. */
#ifndef CONNECTIONS_TRYING_JOB_H
#define CONNECTIONS_TRYING_JOB_H

#include "core/jobs/jobs.h"

extern const struct job_kind connection_test_job; /* all but EmailOctopus; telltale-report */
extern const struct job_kind observed_test_job;   /* EmailOctopus; telltale-sync */

#endif
