/* The growth of a list, as part of its page and separately. */
#ifndef AUDIENCE_LISTS_LIST_GROWTH_PAGES_H
#define AUDIENCE_LISTS_LIST_GROWTH_PAGES_H

#include "audience/lists/list.h"
#include "core/http/exchange.h"

/* Adds the newest weeks, the cohorts and (for the present only) the outlook to a list's page. */
bool list_put_growth(struct exchange *x, struct value *view, const struct list *list, bool is_past,
                     struct error *err) MUST_CHECK;

extern const struct route list_growth_routes[];

#endif
