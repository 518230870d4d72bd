/* The warm-up of a campaign's senders (senders/warm_up.h). */
#ifndef COMPOSING_WARMED_DOMAIN_H
#define COMPOSING_WARMED_DOMAIN_H

#include "core/store/store.h"

/* The sending domain that is being warmed up and that these senders' addresses belong to, the first one; NULL: none. */
bool warmed_domain(struct store *store, const struct strings *froms, struct arena *arena, const char **domain_id,
                   struct error *err) MUST_CHECK;

#endif
