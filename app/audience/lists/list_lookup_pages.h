/* Finding the list that a URL or form names. */
#ifndef AUDIENCE_LISTS_LIST_LOOKUP_PAGES_H
#define AUDIENCE_LISTS_LIST_LOOKUP_PAGES_H

#include "audience/lists/list.h"
#include "core/http/exchange.h"

/* The list in the path, as it is now or, with as_of= (*as_of, else MOMENT_NONE), as it was then. MISSING: there is
 * none.
 */
bool list_of_address(struct exchange *x, struct list *list, struct moment *as_of, struct error *err) MUST_CHECK;

/* The list in the path, if contacts are added to it one by one. MISSING; CONFLICT, saying `why`: it is of another type.
 */
bool list_need_static(struct exchange *x, struct list *list, const char *why, struct error *err) MUST_CHECK;

/* Our id of the list in ?list=, NULL for none. Older URLs use the provider's id. */
bool list_of_query(struct exchange *x, const char **id, struct error *err) MUST_CHECK;

/* One option; of a list that the provider no longer has only if it is chosen, so that saving the form does not drop it.
 */
void list_put_choice(struct value *choices, const struct list *list, bool chosen);

/* The options of a list filter: "lists" in `view`, each { key: our id, label, chosen };
 * with as_of= in the URL the lists of that time. */
bool list_put_choices(struct exchange *x, const char *chosen, struct value *view, struct error *err) MUST_CHECK;

/* The same, and static lists of one's own: of whom a person's document says that they are on them. */
bool list_put_people_choices(struct exchange *x, const char *chosen, struct value *view, struct error *err) MUST_CHECK;

/* The lists that people can be added to, but for those in `except`: "joinable" in `view`, and has_joinable. */
bool list_put_joinable(struct exchange *x, const struct strings *except, struct value *view,
                       struct error *err) MUST_CHECK;

#endif
