/* The growth of a list, as part of its page and separately. */
#ifndef AUDIENCE_LISTS_LIST_GROWTH_PAGES_H
#define AUDIENCE_LISTS_LIST_GROWTH_PAGES_H

#include "audience/lists/week.h"
#include "core/http/exchange.h"

/* Adds the newest weeks, the cohorts and the outlook to a list's page; *flow: who joined and left lately. None of it is
 * known of the past. */
bool list_put_growth(struct exchange *x, struct value *view, const struct list *list, bool is_past,
                     struct list_flow *flow, struct error *err) MUST_CHECK;

extern const struct route list_growth_routes[];

#endif
