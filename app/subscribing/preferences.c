/* What somebody gets of ours. */
#include "subscribing/preferences.h"

#include "audience/lists/own_list.h"

static const struct membership *membership_in(const struct membership *rows, int count, const char *list_id) {
	for (int i = 0; i < count; i++)
		if (rows[i].own && text_same(rows[i].list_id, list_id))
			return &rows[i];
	return NULL;
}

/* Whoever was taken off a list by somebody else is not asked whether they want it. */
static bool is_theirs(const struct list *list, const struct membership *membership) {
	return list->list_type == LIST_STATIC && list->is_active && list->public_name && membership &&
	       membership_is_there(membership);
}

bool preferences_read(struct store *store, const char *contact_id, struct arena *arena, struct preferences *preferences,
                      struct error *err) {
	struct membership *rows;
	struct list *lists;
	int row_count, list_count;
	*preferences = (struct preferences){ 0 };
	if (!membership_list(store, &(struct strings){ &contact_id, 1 }, arena, &rows, &row_count, err))
		return false;
	if (row_count == 0)
		return true;
	if (!list_all_own_now(store, arena, &lists, &list_count, err))
		return false;
	preferences->items = arena_array(arena, struct preference, list_count + 1);
	for (int i = 0; i < list_count; i++) {
		const struct membership *membership = membership_in(rows, row_count, lists[i].id);
		if (is_theirs(&lists[i], membership))
			preferences->items[preferences->count++] = (struct preference){ lists[i].id, lists[i].public_name,
				                                                            membership->status == CONTACT_SUBSCRIBED };
	}
	return true;
}

void preferences_compare(const struct preferences *preferences, const struct strings *chosen, struct arena *arena,
                         struct strings *left, struct strings *wanted) {
	*left = (struct strings){ arena_array(arena, const char *, preferences->count + 1), 0 };
	*wanted = (struct strings){ arena_array(arena, const char *, preferences->count + 1), 0 };
	for (int i = 0; i < preferences->count; i++) {
		const struct preference *one = &preferences->items[i];
		bool is_chosen = strings_have(chosen, one->list_id);
		if (one->is_subscribed && !is_chosen)
			left->items[left->count++] = one->list_id;
		if (!one->is_subscribed && is_chosen)
			wanted->items[wanted->count++] = one->list_id;
	}
}

const char *preferences_names(const struct preferences *preferences, const struct strings *ids, struct arena *arena) {
	struct strings names = { arena_array(arena, const char *, preferences->count + 1), 0 };
	for (int i = 0; i < preferences->count; i++)
		if (strings_have(ids, preferences->items[i].list_id))
			names.items[names.count++] = preferences->items[i].name;
	return strings_join(arena, &names, "”, “");
}
