/* Webhooks: pages in the settings, and JSON. */
#ifndef WEBHOOKS_WEBHOOK_PAGES_H
#define WEBHOOKS_WEBHOOK_PAGES_H

#include "core/http/exchange.h"
#include "webhooks/webhook.h"

/* The webhook in the path. MISSING: there is none. */
bool webhook_of_address(struct exchange *x, struct webhook *webhook, struct error *err) MUST_CHECK;

extern const struct route webhook_routes[], webhook_delivery_routes[];

#endif
