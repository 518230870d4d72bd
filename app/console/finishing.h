/* Finishing what was interrupted: merging and erasing contacts, each of which begins with a claim
 * (audience/contacts/alias.h). What had begun is carried out to its end; a claim that had not is given up. A job of
 * telltale-audience. */
#ifndef CONSOLE_FINISHING_H
#define CONSOLE_FINISHING_H

#include "core/jobs/jobs.h"

extern const struct job_kind finishing_job; /* its subject: the contact that goes */

#endif
