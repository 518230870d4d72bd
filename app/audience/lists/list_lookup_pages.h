/* Lists as addresses and forms name them. */
#ifndef AUDIENCE_LISTS_LIST_LOOKUP_PAGES_H
#define AUDIENCE_LISTS_LIST_LOOKUP_PAGES_H

#include "audience/lists/list.h"
#include "core/http/exchange.h"

/* The list that the path names, as it is or, with as_of= (*as_of, else MOMENT_NONE), as it was. MISSING: there is none.
 */
bool list_of_address(struct exchange *x, struct list *list, struct moment *as_of, struct error *err) MUST_CHECK;

/* Our id of the list that the address asks for by ?list=, NULL for none. Older addresses name it by the provider's id.
 */
bool list_of_query(struct exchange *x, const char **id, struct error *err) MUST_CHECK;

/* The options of a filter by list: "lists" in `view`, each { key: our id, label, chosen }. */
bool list_put_choices(struct exchange *x, const char *chosen, struct value *view, struct error *err) MUST_CHECK;

#endif
