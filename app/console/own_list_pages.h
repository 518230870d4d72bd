/* The page of a list of one's own. */
#ifndef CONSOLE_OWN_LIST_PAGES_H
#define CONSOLE_OWN_LIST_PAGES_H

#include "audience/lists/own_list.h"
#include "core/http/exchange.h"

/* Answers with the page of this list; again with what is wrong, if somebody could not be added. */
bool own_list_show(struct exchange *x, const struct list *list, struct error *err) MUST_CHECK;

extern const struct route own_list_routes[];

#endif
