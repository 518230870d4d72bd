/* Blocks of recipients as jobs of telltale-sender: which are asked for, and what comes after the last one. */
#ifndef DISPATCH_BLOCK_JOBS_H
#define DISPATCH_BLOCK_JOBS_H

#include "core/jobs/jobs.h"
#include "dispatch/block.h"

/* Of a campaign only so many are in the queue at once, so that campaigns take turns, beside those that wait; whoever
 * has done one, or has to wait for the rest of it, asks for the next. */
enum { BLOCKS_QUEUED = 16 };
#define BLOCK_JOB "send_block"
/* Pure. Is the job with this key of a block of the campaign? */
bool block_job_is_of(const char *key, const char *campaign_id);

/* Asks for the first blocks that are not done, those that wait after the others (block_states_next); those that have
 * been asked for stand. Of a campaign that was cancelled nobody waits any more. */
bool block_jobs_ask(struct store *store, const char *campaign_id, struct arena *arena, struct error *err) MUST_CHECK;

/* After the job of a block that is done has ended. Whoever has opened the block again a moment before found the job
 * still there, and has queued none: that is made good here. */
bool block_jobs_ended(struct store *store, const struct block *block, struct arena *arena,
                      struct error *err) MUST_CHECK;

/* Who sends the campaign now. */
struct block_senders {
	int64_t count;         /* processes that have one of its blocks */
	struct moment seen_at; /* when one of them last said that it is alive; MOMENT_NONE: there is none */
	struct moment due_at;  /* when the next of its blocks is to be taken up; MOMENT_NONE: none waits */
};
bool block_senders_read(struct store *store, const char *campaign_id, struct moment now, struct arena *arena,
                        struct block_senders *senders, struct error *err) MUST_CHECK;

/* Those that have been asked for are taken up at once, whatever they wait for: the campaign's state has changed. */
bool block_jobs_hasten(struct store *store, const char *campaign_id, struct arena *arena, struct error *err) MUST_CHECK;

/* block_jobs_ask; or, if none is left, and the campaign is being sent, that ends it. */
bool block_jobs_go_on(struct store *store, const char *campaign_id, struct moment now, struct arena *arena,
                      struct error *err) MUST_CHECK;

#endif
