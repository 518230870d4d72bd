/* Writing down the recipients of a campaign that was started: a job, block by block. How far it has come is what the
 * last block says, so whoever goes on after a crash leaves nobody out and writes nobody down twice. */
#ifndef DISPATCH_FREEZE_H
#define DISPATCH_FREEZE_H

#include "core/jobs/jobs.h"
#include "dispatch/dispatch.h"
#include "templates/values.h"

extern const struct job_kind freeze_job;

/* Pure. What the sources name of a person, as struct recipient has it. */
const char *freeze_values(const struct strings *names, const struct reader *reader, struct arena *arena);

bool freeze_ask(struct store *store, const char *campaign_id, struct arena *arena, struct error *err) MUST_CHECK;

#endif
