#ifndef AUDIENCE_LISTS_LIST_PAGES_H
#define AUDIENCE_LISTS_LIST_PAGES_H

#include "core/http/exchange.h"

/* The options of a filter by list: "lists" in `view`, each { key: the provider's id, label, chosen }. */
bool list_put_choices(struct exchange *x, const char *chosen, struct value *view, struct error *err) MUST_CHECK;

extern const struct route list_routes[];

#endif
