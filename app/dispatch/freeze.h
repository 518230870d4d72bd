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

/* Blocks are jobs of telltale-sender. Of a campaign only so many are in the queue at once, so that campaigns take
 * turns; whoever has done one asks for the next. */
enum { BLOCKS_QUEUED = 16 };
#define BLOCK_JOB "send_block"
/* Pure. Is the job with this key of a block of the campaign? */
bool block_job_is_of(const char *key, const char *campaign_id);

/* Asks for the first blocks that are not done; those that have been asked for stand. */
bool freeze_ask_blocks(struct store *store, const char *campaign_id, struct arena *arena, struct error *err) MUST_CHECK;

/* Those that have been asked for are taken up at once, whatever they wait for: the campaign's state has changed. */
bool freeze_hasten(struct store *store, const char *campaign_id, struct arena *arena, struct error *err) MUST_CHECK;

/* freeze_ask_blocks; or, if none is left, and the campaign is being sent, that ends it. */
bool freeze_go_on(struct store *store, const char *campaign_id, struct moment now, struct arena *arena,
                  struct error *err) MUST_CHECK;

#endif
