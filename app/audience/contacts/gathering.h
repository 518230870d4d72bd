/* Making up for changes of memberships (joining_finish) and suppressions (contact_finish_suppressed) that were
 * interrupted: of telltale-audience. */
#ifndef AUDIENCE_CONTACTS_GATHERING_H
#define AUDIENCE_CONTACTS_GATHERING_H

#include "core/jobs/jobs.h"

extern const struct job_kind gathering_job; /* without a subject */

#endif
