/* Finding the list that a URL or form names. */
#include "audience/lists/list_lookup_pages.h"

#include "audience/lists/past.h"
#include "core/formats/period.h"

bool list_of_query(struct exchange *x, const char **id, struct error *err) {
	return list_resolve(x->store, params_get(&x->query, "list"), x->arena, id, err);
}

bool list_put_choices(struct exchange *x, const char *chosen, struct value *view, struct error *err) {
	struct list *lists;
	struct moment as_of;
	struct error wrong;
	int count;
	if (!period_as_of(&x->query, x->now, &as_of, &wrong))
		as_of = MOMENT_NONE;
	if (!list_all_at(x->store, as_of, x->arena, &lists, &count, err))
		return false;
	struct value *choices = value_put(view, "lists", value_list(x->arena));
	for (int i = 0; i < count; i++)
		put_choice(choices, lists[i].id, lists[i].name, text_same(lists[i].id, chosen));
	return true;
}

bool list_of_address(struct exchange *x, struct list *list, struct moment *as_of, struct error *err) {
	bool found, known = true;
	if (!period_as_of(&x->query, x->now, as_of, err) || !list_find(x->store, x->values[0], x->arena, list, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no list %.60s", x->values[0]);
	struct moment first = store_id_moment(list->id);
	if (moment_is_set(*as_of) && !list_at(x->store, list, *as_of, x->arena, &known, err))
		return false;
	return known || error_set(err, ERROR_MISSING, "list %.60s is recorded only since %s", x->values[0],
	                          text_of_moment(x->arena, first));
}
