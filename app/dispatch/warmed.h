/* Campaigns whose sender's domain is being warmed up (senders/warm_up.h). */
#ifndef DISPATCH_WARMED_H
#define DISPATCH_WARMED_H

#include "dispatch/dispatch.h"

/* The sending domain that is being warmed up and that these senders' addresses belong to, the first one; NULL: none. */
bool warmed_domain(struct store *store, const struct strings *froms, struct arena *arena, const char **domain_id,
                   struct error *err) MUST_CHECK;

/* Somebody has complained of a message. */
bool warmed_note_complaint(struct store *store, const char *campaign_id, int64_t block, int64_t index,
                           struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

#endif
