/* Campaigns whose sender's domain is being warmed up (senders/warm_up.h). */
#ifndef DISPATCH_WARMED_H
#define DISPATCH_WARMED_H

#include "dispatch/dispatch.h"

/* Somebody has complained of a message. */
bool warmed_note_complaint(struct store *store, const char *campaign_id, int64_t block, int64_t index,
                           struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

#endif
