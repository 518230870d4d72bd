/* Finding the list that a URL or form names. */
#include "audience/lists/list_lookup_pages.h"

#include "audience/lists/own_list.h"
#include "audience/lists/past.h"
#include "core/formats/period.h"

bool list_need_static(struct exchange *x, struct list *list, const char *why, struct error *err) {
	bool found;
	if (!list_find(x->store, x->values[0], x->arena, list, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no list %.60s", x->values[0]);
	return list->list_type == LIST_STATIC || error_set(err, ERROR_CONFLICT, "%s", why);
}

bool list_of_query(struct exchange *x, const char **id, struct error *err) {
	return list_resolve(x->store, params_get(&x->query, "list"), x->arena, id, err);
}

void list_put_choice(struct value *choices, const struct list *list, bool chosen) {
	bool is_gone = moment_is_set(list->gone_at);
	const char *name = list->name;
	if (is_gone && !chosen)
		return;
	put_choice(choices, list->id, is_gone ? arena_print(choices->arena, "%s (gone)", name ? name : "") : name, chosen);
}

static bool put_observed(struct exchange *x, const char *chosen, struct value *view, struct value **choices,
                         struct error *err) {
	struct list *lists;
	struct moment as_of;
	struct error wrong;
	int count;
	if (!period_as_of(&x->query, x->now, &as_of, &wrong))
		as_of = MOMENT_NONE;
	if (moment_is_set(as_of) ? !list_all_at(x->store, as_of, x->arena, &lists, &count, err)
	                         : !list_all_ever(x->store, x->arena, &lists, &count, err))
		return false;
	*choices = value_put(view, "lists", value_list(x->arena));
	for (int i = 0; i < count; i++)
		list_put_choice(*choices, &lists[i], text_same(lists[i].id, chosen));
	return true;
}

bool list_put_choices(struct exchange *x, const char *chosen, struct value *view, struct error *err) {
	struct value *choices;
	return put_observed(x, chosen, view, &choices, err);
}

bool list_put_people_choices(struct exchange *x, const char *chosen, struct value *view, struct error *err) {
	struct list *own;
	struct value *choices;
	int count;
	if (!put_observed(x, chosen, view, &choices, err) || !list_all_own(x->store, x->arena, &own, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (own[i].list_type == LIST_STATIC)
			put_choice(choices, own[i].id, own[i].name, text_same(own[i].id, chosen));
	return true;
}

bool list_put_joinable(struct exchange *x, const struct strings *except, struct value *view, struct error *err) {
	struct value *choices = value_put(view, "joinable", value_list(x->arena));
	struct list *own;
	int count;
	if (!list_all_own(x->store, x->arena, &own, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (own[i].list_type == LIST_STATIC && own[i].is_active && !strings_have(except, own[i].id))
			put_choice(choices, own[i].id, own[i].name, false);
	value_put_bool(view, "has_joinable", choices->count > 0);
	return true;
}

bool list_of_address(struct exchange *x, struct list *list, struct moment *as_of, struct error *err) {
	bool found, known = true;
	if (!period_as_of(&x->query, x->now, as_of, err) || !list_find(x->store, x->values[0], x->arena, list, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no list %.60s", x->values[0]);
	if (moment_is_set(*as_of) && list_is_own(list))
		return error_set(err, ERROR_MISSING, "Earlier states of this list are not recorded");
	struct moment first = store_id_moment(list->id);
	if (moment_is_set(*as_of) && !list_at(x->store, list, *as_of, x->arena, &known, err))
		return false;
	return known ||
	       error_set(err, ERROR_MISSING, "This list is recorded only since %s", text_of_moment_zone(x->arena, first));
}
