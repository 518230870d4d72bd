/* A campaign pauses by itself when too many of its addresses are not there: a list like that ruins the sender's name
 * with mailbox providers. Once for each campaign: whoever resumes it has seen why. */
#ifndef DISPATCH_GUARD_H
#define DISPATCH_GUARD_H

#include "dispatch/dispatch.h"

enum { GUARD_HANDED_MIN = 200, GUARD_HARD_PERCENT = 5 };

/* Pure. Of so many that a server has answered for good (accepted or failed), so many were hard bounces. */
bool guard_holds(int64_t answered, int64_t hard);

/* Looks at the counts of all blocks, and pauses the campaign if they say so. A sender calls it when a block has another
 * hard bounce, and goes on whether it succeeds or not. */
bool acting_guard(struct store *store, const char *campaign_id, struct moment now, struct error *err) MUST_CHECK;

#endif
