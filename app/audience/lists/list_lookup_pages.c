/* Lists as addresses and forms name them. */
#include "audience/lists/list_lookup_pages.h"

#include "core/formats/period.h"

bool list_put_choices(struct exchange *x, const char *chosen, struct value *view, struct error *err) {
	struct list *lists;
	int count;
	if (!list_all(x->store, x->arena, &lists, &count, err))
		return false;
	struct value *choices = value_put(view, "lists", value_list(x->arena));
	for (int i = 0; i < count; i++)
		put_choice(choices, lists[i].emailoctopus_id, lists[i].name, text_same(lists[i].emailoctopus_id, chosen));
	return true;
}

bool list_of_address(struct exchange *x, struct list *list, struct moment *as_of, struct error *err) {
	bool found;
	if (!period_as_of(&x->query, x->now, as_of, err))
		return false;
	bson_t *filter = store_filter_id(x->values[0], "emailoctopus_id");
	bool fine = store_find(x->store, "lists", filter, NULL, &list_record, x->arena, list, &found, err);
	bson_destroy(filter);
	if (fine && found && moment_is_set(*as_of))
		fine = list_at(x->store, list, *as_of, x->arena, &found, err);
	return fine && (found || error_set(err, ERROR_MISSING, "no list %.60s", x->values[0]));
}
