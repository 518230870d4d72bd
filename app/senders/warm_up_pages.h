#ifndef SENDERS_WARM_UP_PAGES_H
#define SENDERS_WARM_UP_PAGES_H

#include "core/http/exchange.h"
#include "senders/domain.h"

extern const struct route warm_up_routes[];

/* For views/senders/warm_up.mustache: how the warm-up of a domain stands. */
bool warm_up_put(struct exchange *x, struct value *view, const struct sending_domain *domain,
                 struct error *err) MUST_CHECK;

#endif
