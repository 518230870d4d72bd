/* Hits are deleted after HITS_RETENTION_DAYS. What they had come to is kept by their block before (answering/answer.h):
 * first times and counts, but no longer each single time, agent and network. Private to this folder. */
#ifndef ANSWERING_EXPIRING_H
#define ANSWERING_EXPIRING_H

#include "answering/fold_block.h"

/* Deletes hits before this moment, of up to `places` blocks and hours; *more: there may be others. May be interrupted
 * and repeated. */
bool hits_expire(struct store *store, struct moment before, int places, bool *more, struct error *err) MUST_CHECK;

#endif
