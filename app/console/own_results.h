/* What the page of an own campaign has beyond that of an observed one: how its opens and clicks were counted, its links
 * in their order, its recipients by mailbox provider and segment, and what can be done next. */
#ifndef CONSOLE_OWN_RESULTS_H
#define CONSOLE_OWN_RESULTS_H

#include "campaigns/campaign.h"
#include "core/http/exchange.h"

/* Puts "own", NULL for an observed one. */
bool own_results_put(struct exchange *x, struct value *view, const struct campaign *campaign,
                     struct error *err) MUST_CHECK;

extern const struct route own_results_routes[];

#endif
