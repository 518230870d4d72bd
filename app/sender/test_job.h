/* Sends test mails (dispatch/test_mail.h), written by what writes all mails of a campaign. None is sent twice: one of
 * which nobody knows whether it was handed over is uncertain. */
#ifndef SENDER_TEST_JOB_H
#define SENDER_TEST_JOB_H

#include "core/jobs/jobs.h"

extern const struct job_kind test_mail_job;

#endif
