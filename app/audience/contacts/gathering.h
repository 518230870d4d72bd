/* Making up for changes of memberships that were interrupted (joining_finish): of telltale-audience. */
#ifndef AUDIENCE_CONTACTS_GATHERING_H
#define AUDIENCE_CONTACTS_GATHERING_H

#include "core/jobs/jobs.h"

extern const struct job_kind gathering_job; /* without a subject */

#endif
