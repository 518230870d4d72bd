/* The lists that a person is on. */
#include "console/person_places.h"

#include <string.h>

#include "audience/lists/own_list.h"
#include "core/formats/json.h"

enum { PLACES_MAX = 200 };

static struct value *fields_of(const struct membership *membership, struct arena *arena) {
	struct error ignored;
	struct value *fields;
	const char *text = membership->fields;
	return !text_is_empty(text) && json_read(arena, text, strlen(text), &fields, &ignored) && fields->kind == VALUE_MAP
	           ? fields
	           : NULL;
}

static const struct list *list_with(const struct list *lists, int count, const char *id) {
	for (int i = 0; i < count; i++)
		if (text_same(lists[i].id, id))
			return &lists[i];
	return NULL;
}

/* An own membership whose list is being deleted is none. */
bool person_find_places(struct exchange *x, const struct contact *contact, struct person_place **places, int *count,
                        struct error *err) {
	struct membership *rows;
	struct list *lists, *own;
	int row_count, list_count, own_count;
	if (!store_list(x->store, "list_contacts", FILTER(eq_id("contact_id", contact->id), is_absent("removed_at")),
	                SORT(asc("list_id"), asc("external.id"), asc("_id")), PLACES_MAX, &membership_record, x->arena,
	                (void **)&rows, &row_count, err) ||
	    !list_all_ever(x->store, x->arena, &lists, &list_count, err) ||
	    !list_all_own(x->store, x->arena, &own, &own_count, err))
		return false;
	*places = arena_array(x->arena, struct person_place, (size_t)row_count + 1);
	*count = 0;
	for (int i = 0; i < row_count; i++) {
		const struct list *list = rows[i].own ? list_with(own, own_count, rows[i].list_id)
		                                      : list_with(lists, list_count, rows[i].list_id);
		if (list || !rows[i].own)
			(*places)[(*count)++] = (struct person_place){ rows[i], list, fields_of(&rows[i], x->arena) };
	}
	return true;
}

static void put_time(struct value *map, const char *name, struct moment at) {
	char text[MOMENT_TEXT];
	value_put_text(map, name, *moment_format(at, text) ? arena_copy(map->arena, text) : NULL);
}

/* For another map; its own members stay shared. */
static struct value *copy_of(const struct value *value, struct arena *arena) {
	struct value *copy = arena_new_of(arena, struct value);
	*copy = *value;
	copy->name = NULL;
	copy->next = NULL;
	return copy;
}

/* What the person's lists say; the same field of two lists is taken from the first. */
void person_put_places(struct value *answer, const struct contact *contact, const struct person_place *places,
                       int count) {
	struct value *rows = value_put(answer, "memberships", value_list(answer->arena)),
				 *all = value_put(answer, "fields", value_map(answer->arena));
	struct moment newest = MOMENT_NONE;
	for (int i = 0; i < count; i++) {
		const struct membership *one = &places[i].membership;
		struct moment read_at = places[i].list ? places[i].list->contacts_read_at : MOMENT_NONE;
		struct value *row = value_push(rows, value_map(answer->arena)),
					 *fields = value_put(row, "fields", value_map(answer->arena));
		value_put_text(row, "list_id", one->list_id);
		value_put_text(row, "emailoctopus_id", one->external.id);
		const bool has_left = !one->own && strings_have(&contact->own.left, one->list_id);
		value_put_text(row, "status",
		               choice_name(&contact_statuses, has_left ? CONTACT_UNSUBSCRIBED : (int)one->status));
		value_put_bool(row, "unsubscribed_here", has_left);
		put_time(row, "created_at", one->created_at);
		put_time(row, "synced_at", read_at);
		for (const struct value *field = places[i].fields ? places[i].fields->first : NULL; field;
		     field = field->next) {
			(void)value_put(fields, field->name, copy_of(field, answer->arena));
			if (!value_get(all, field->name))
				(void)value_put(all, field->name, copy_of(field, answer->arena));
		}
		newest = !moment_is_set(newest) || read_at.ms > newest.ms ? read_at : newest;
	}
	put_time(answer, "synced_at", newest);
}
