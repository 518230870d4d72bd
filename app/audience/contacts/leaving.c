/* Leaving lists of others. */
#include "audience/contacts/leaving.h"

#include "audience/contacts/change.h"

struct turn {
	const struct leaving *leaving;
	bool leaves, is_full;
};

static struct strings with(const struct strings *ids, const char *id, struct arena *arena) {
	struct strings all = { arena_array(arena, const char *, ids->count + 1), ids->count + 1 };
	for (int i = 0; i < ids->count; i++)
		all.items[i] = ids->items[i];
	all.items[ids->count] = id;
	return all;
}

static struct strings without(const struct strings *ids, const char *id, struct arena *arena) {
	struct strings some = { arena_array(arena, const char *, ids->count + 1), 0 };
	for (int i = 0; i < ids->count; i++)
		if (!text_same(ids->items[i], id))
			some.items[some.count++] = ids->items[i];
	return some;
}

static void note(void *context, const struct contact *shown, struct own *own, bool *changed, struct arena *arena) {
	struct turn *turn = context;
	const struct leaving *leaving = turn->leaving;
	const char *id = leaving->list_id;
	(void)shown;
	turn->is_full = turn->leaves && own->left.count >= OWN_LEFT_MAX && !strings_have(&own->left, id);
	*changed = strings_have(&own->left, id) != turn->leaves && !turn->is_full;
	if (!*changed)
		return;
	const struct permission_note said = {
		.what = arena_print(arena, "%s “%.200s”", turn->leaves ? "unsubscribed from" : "subscribed again to",
		                    text_is_empty(leaving->list_name) ? id : leaving->list_name),
		.by = leaving->by,
		.at = leaving->now,
		.noted_at = leaving->now
	};
	own->left = turn->leaves ? with(&own->left, id, arena) : without(&own->left, id, arena);
	own->permissions = permission_noted(&own->permissions, &said, arena);
	own->updated_at = leaving->now;
	if (!own_is_any(own))
		own->created_at = leaving->now;
}

static bool edit(struct store *store, const char *id, const struct leaving *leaving, bool leaves, struct arena *arena,
                 struct error *err) {
	struct turn turn = { leaving, leaves, false };
	return contact_edit_own(store, id, note, &turn, arena, err) &&
	       (!turn.is_full ||
	        error_set(err, ERROR_INVALID, "A contact can unsubscribe from at most %d lists", OWN_LEFT_MAX));
}

bool contact_leave(struct store *store, const char *id, const struct leaving *leaving, struct arena *arena,
                   struct error *err) {
	return edit(store, id, leaving, true, arena, err);
}

bool contact_return(struct store *store, const char *id, const struct leaving *leaving, struct arena *arena,
                    struct error *err) {
	return edit(store, id, leaving, false, arena, err);
}
