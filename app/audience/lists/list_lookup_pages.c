/* Finding the list that a URL or form names. */
#include "audience/lists/list_lookup_pages.h"

#include "core/formats/period.h"

bool list_of_query(struct exchange *x, const char **id, struct error *err) {
	return list_resolve(x->store, params_get(&x->query, "list"), x->arena, id, err);
}

bool list_put_choices(struct exchange *x, const char *chosen, struct value *view, struct error *err) {
	struct list *lists;
	int count;
	if (!list_all(x->store, x->arena, &lists, &count, err))
		return false;
	struct value *choices = value_put(view, "lists", value_list(x->arena));
	for (int i = 0; i < count; i++)
		put_choice(choices, lists[i].id, lists[i].name, text_same(lists[i].id, chosen));
	return true;
}

bool list_of_address(struct exchange *x, struct list *list, struct moment *as_of, struct error *err) {
	bool found;
	if (!period_as_of(&x->query, x->now, as_of, err))
		return false;
	if (!list_find(x->store, x->values[0], x->arena, list, &found, err) ||
	    (found && moment_is_set(*as_of) && !list_at(x->store, list, *as_of, x->arena, &found, err)))
		return false;
	return found || error_set(err, ERROR_MISSING, "no list %.60s", x->values[0]);
}
