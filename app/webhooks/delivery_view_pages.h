/* The log of a webhook as a part of its page. */
#ifndef WEBHOOKS_DELIVERY_VIEW_PAGES_H
#define WEBHOOKS_DELIVERY_VIEW_PAGES_H

#include "core/http/exchange.h"
#include "webhooks/webhook.h"

/* deliveries, has_deliveries, next; `cursor=` of the address leads on. */
bool deliveries_put(struct exchange *x, struct value *view, const struct webhook *webhook,
                    struct error *err) MUST_CHECK;

#endif
