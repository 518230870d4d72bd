/* Creating, changing and deleting a list of one's own. */
#ifndef CONSOLE_LIST_CHANGE_PAGES_H
#define CONSOLE_LIST_CHANGE_PAGES_H

#include "audience/lists/own_list.h"
#include "core/http/exchange.h"

/* The own list in the path. MISSING: there is none. CONFLICT: it is a provider's. */
bool list_need_own(struct exchange *x, struct list *list, struct error *err) MUST_CHECK;

extern const struct route list_change_routes[];

#endif
