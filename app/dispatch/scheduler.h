/* Campaigns whose time has come are started, by whichever telltale-sender finds them first: every
 * CAMPAIGN_SCHEDULER_INTERVAL, by the database's clock: one machine whose own is ahead would start them early. One that
 * was missed by more than ACTING_LATE_MS, since nothing was running, is not: a notification asks. One that cannot be
 * sent becomes a draft again, and a notification says why. */
#ifndef DISPATCH_SCHEDULER_H
#define DISPATCH_SCHEDULER_H

#include "core/jobs/jobs.h"
#include "core/process/settings.h"

extern const struct job_kind scheduler_job;

/* Starts those that are due by `now`; never twice, however many do so at once. */
bool scheduler_turn(struct store *store, const struct settings *settings, struct moment now,
                    struct error *err) MUST_CHECK;

/* Pure. Was this time missed? */
bool scheduler_is_late(struct moment scheduled, struct moment now);

#endif
