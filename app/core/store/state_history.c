/* Histories of states. */
#include "core/store/state_history.h"

#include <string.h>

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

enum { OBJECTS_MAX = 1000000, FEW_MISSING = 2 };

static struct moment *moment_at(void *object, size_t offset) {
	return (struct moment *)(void *)((char *)object + offset);
}

static const char *id_of(const struct state_history *history, const void *object) {
	const char *bytes = object;
	return *(const char *const *)(const void *)(bytes + history->id);
}

/* What is known of the state before. */
static struct state_change change_of(const struct state_history *history, const void *before, const void *after,
                                     struct moment at) {
	if (!before)
		return state_change(true, MOMENT_NONE, MOMENT_NONE, false, at);
	const struct moment *was = (const void *)((const char *)before + history->since);
	return state_change(false, store_id_moment(id_of(history, before)), *was, history->same(before, after), at);
}

bool state_history_note(const struct state_history *history, struct store *store, const void *before, void *after,
                        struct moment at, struct arena *arena, struct error *err) {
	const struct state_change change = change_of(history, before, after, at);
	*moment_at(after, history->since) = change.since;
	return (!change.begins || history->append(store, before, change.was, true, arena, err)) &&
	       (!change.appends || history->append(store, after, change.since, false, arena, err));
}

bool state_history_end(const struct state_history *history, struct store *store, const void *object, struct moment at,
                       struct arena *arena, struct error *err) {
	void *gone = memcpy(arena_alloc(arena, history->record->size), object, history->record->size);
	*moment_at(gone, history->gone) = at;
	return state_history_note(history, store, object, gone, at, arena, err) &&
	       history->write_gone(store, id_of(history, object), at, *moment_at(gone, history->since), err);
}

bool unseen_is_doubtful(int64_t known, int64_t missing) {
	return missing > 1 && (missing > FEW_MISSING + known / 100 || missing >= known - missing);
}

/* Conditions for what is there, for what of that this run has not seen, and for what of that an earlier one missed with
 * just as many. */
#define KNOWN(connection_id) \
	eq_id("external.connection_id", connection_id), is_present("synced_at"), is_absent("gone_at")
#define UNSEEN(connection_id, run_id) KNOWN(connection_id), ne_id("seen_run", run_id)
#define MISSED(run_id, count) is_present("missing_run"), ne_id("missing_run", run_id), eq_count("missing_with", count)

static bool count_unseen(const struct state_history *history, struct store *store, const char *connection_id,
                         const char *run_id, struct unseen *unseen, struct error *err) {
	int64_t again;
	const char *collection = history->collection;
	if (!store_count(store, collection, FILTER(KNOWN(connection_id)), &unseen->known, err) ||
	    !store_count(store, collection, FILTER(UNSEEN(connection_id, run_id)), &unseen->missing, err) ||
	    !store_count(store, collection, FILTER(UNSEEN(connection_id, run_id), MISSED(run_id, unseen->missing)), &again,
	                 err))
		return false;
	bool doubtful = unseen->doubted || unseen_is_doubtful(unseen->known, unseen->missing);
	unseen->waiting = doubtful && again < unseen->missing ? unseen->missing : 0;
	return true;
}

bool state_history_end_unseen(const struct state_history *history, struct store *store, const char *connection_id,
                              const char *run_id, struct moment at, struct unseen *unseen, struct error *err) {
	ARENA_AUTO arena = arena_new();
	void *objects;
	int count;
	if (!count_unseen(history, store, connection_id, run_id, unseen, err))
		return false;
	if (unseen->waiting)
		return history->write_missing(store, FILTER(UNSEEN(connection_id, run_id)), run_id, unseen->missing, err);
	bool fine = store_list(store, history->collection, FILTER(UNSEEN(connection_id, run_id)), NULL, OBJECTS_MAX,
	                       history->record, arena, &objects, &count, err);
	for (int i = 0; fine && i < count; i++)
		fine = state_history_end(history, store, (char *)objects + history->record->size * (size_t)i, at, arena, err);
	return fine;
}
