/* Hits become figures: a job of telltale-audience, one at a time on all machines. What waits is folded block by block
 * (answering/fold_block.h), summed up, and told to the campaign's history, growth, links and people, as if a provider
 * had reported it. */
#ifndef ANSWERING_FOLDING_H
#define ANSWERING_FOLDING_H

#include "core/jobs/jobs.h"

/* A hit waits no longer than this, while the job keeps up. */
enum { FOLD_EVERY_MS = 60 * 1000 };

extern const struct job_kind fold_job;

/* Pure. How long after a campaign's figures were told they are told again: the older it is, the longer, and at least
 * `interval_ms`. */
int64_t figures_wait_ms(int64_t interval_ms, int64_t age_ms);

#endif
