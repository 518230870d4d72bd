/* Hands over single emails (dispatch/single_mail.h): several at once, beside the campaigns, within the limits of the
 * system and of the connection. At least once: whatever does not end with the server's word is tried again, with the
 * same Message-ID. */
#ifndef SENDER_SINGLE_JOB_H
#define SENDER_SINGLE_JOB_H

#include "core/jobs/jobs.h"

extern const struct job_kind single_mail_job;

#endif
