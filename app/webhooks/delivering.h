/* Delivering to webhooks: a job of telltale-report, one for each webhook that has something to be told. At least once:
 * a process that is killed between an answer and its storing sends the same event, under the same id, again. */
#ifndef WEBHOOKS_DELIVERING_H
#define WEBHOOKS_DELIVERING_H

#include "core/jobs/jobs.h"

extern const struct job_kind webhook_job;

bool webhook_ask_delivery(struct store *store, const char *webhook_id, struct arena *arena,
                          struct error *err) MUST_CHECK;

#endif
