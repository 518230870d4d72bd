/* Looking domains up, in the background: those of new contacts, those of a file that is being imported, and those whose
 * last answer is old. */
#ifndef AUDIENCE_DOMAINS_LOOK_UP_H
#define AUDIENCE_DOMAINS_LOOK_UP_H

#include "core/jobs/jobs.h"

/* For telltale-audience; its context is the settings. Runs only with ENABLE_EMAIL_VALIDATION. */
extern const struct job_kind domain_job;

#endif
