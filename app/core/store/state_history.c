/* Histories of states. */
#include "core/store/state_history.h"

struct state_change state_change(bool is_new, struct moment first_seen, struct moment was, bool same,
                                 struct moment at) {
	struct state_change change = { .was = MOMENT_NONE, .appends = is_new || !same };
	if (!is_new) {
		change.begins = !moment_is_set(was);
		change.was = change.begins ? first_seen : was;
	}
	bool is_later = !moment_is_set(change.was) || at.ms > change.was.ms;
	change.since = !change.appends ? change.was : is_later ? at : moment_add(change.was, 1);
	return change;
}

static struct moment *since_of(const struct state_history *history, void *object) {
	return (struct moment *)(void *)((char *)object + history->since);
}

/* What is known of the state before. */
static struct state_change change_of(const struct state_history *history, const void *before, const void *after,
                                     struct moment at) {
	if (!before)
		return state_change(true, MOMENT_NONE, MOMENT_NONE, false, at);
	const char *bytes = before;
	const char *id = *(const char *const *)(const void *)(bytes + history->id);
	const struct moment *was = (const void *)(bytes + history->since);
	return state_change(false, store_id_moment(id), *was, history->same(before, after), at);
}

bool state_history_note(const struct state_history *history, struct store *store, const void *before, void *after,
                        struct moment at, struct arena *arena, struct error *err) {
	const struct state_change change = change_of(history, before, after, at);
	*since_of(history, after) = change.since;
	return (!change.begins || history->append(store, before, change.was, true, arena, err)) &&
	       (!change.appends || history->append(store, after, change.since, false, arena, err));
}
