/* Past states of lists. */
#include "audience/lists/past.h"

#include <stddef.h>

#include "core/base/collate.h"
#include "core/store/state_history.h"

static const char LISTS[] = "lists", STATES[] = "list_states", ENGAGEMENTS[] = "list_engagements",
				  COUNTS[] = "list_snapshots";

struct list_state {
	const char *id, *list_id;
	struct moment since;
	struct list list; /* only its listed members are set */
};
static const struct field state_fields[] = {
	FIELD(struct list_state, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct list_state, list_id, .flags = FIELD_ID),
	FIELD(struct list_state, since),
	FIELD_RECORD(struct list_state, list, list_record),
};
static const struct record_type state_record = RECORD_TYPE("ListState", struct list_state, state_fields);

struct counted_engagement {
	const char *id, *list_id;
	struct moment counted_at;
	struct list_engagement engagement;
};
static const struct field counted_fields[] = {
	FIELD(struct counted_engagement, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct counted_engagement, list_id, .flags = FIELD_ID),
	FIELD(struct counted_engagement, counted_at),
	FIELD_RECORD(struct counted_engagement, engagement, list_engagement_record),
};
static const struct record_type counted_record = RECORD_TYPE("CountedEngagement", struct counted_engagement,
                                                             counted_fields);

static void copy_listed(struct list *to, const struct list *from) {
	to->name = from->name;
	to->double_opt_in = from->double_opt_in;
	to->fields = from->fields;
	to->tags = from->tags;
	to->created_at = from->created_at;
	to->gone_at = from->gone_at;
}

static struct list listed_of(const struct list *list) {
	struct list listed;
	record_clear(&list_record, &listed);
	copy_listed(&listed, list);
	return listed;
}

static bool is_same(const void *a, const void *b) {
	const struct list first = listed_of(a), second = listed_of(b);
	return record_same(&list_record, &first, &second);
}

static bool append(struct store *store, const void *object, struct moment since, bool inferred, struct arena *arena,
                   struct error *err) {
	const struct list *list = object;
	struct list_state state = { store_new_id(arena), list->id, since, listed_of(list) };
	(void)inferred;
	return store_insert(store, STATES, &state_record, &state, err);
}

static bool write_gone(struct store *store, const char *id, struct moment at, struct moment since, struct error *err) {
	bool matched;
	return store_update(store, LISTS, FILTER(by_id(id)),
	                    UPDATE(set_moment("gone_at", at), set_moment("listed_since", since)), &matched, err);
}

static bool write_missing(struct store *store, const struct filter *which, const char *run_id, int64_t count,
                          struct error *err) {
	return store_update_all(store, LISTS, which,
	                        UPDATE(set_id("missing_run", run_id), set_count("missing_with", count)), err);
}

static const struct state_history states = { append,
	                                         is_same,
	                                         write_gone,
	                                         write_missing,
	                                         LISTS,
	                                         &list_record,
	                                         offsetof(struct list, id),
	                                         offsetof(struct list, listed_since),
	                                         offsetof(struct list, gone_at) };

bool list_note_state(struct store *store, const struct list *before, struct list *after, struct moment at,
                     struct arena *arena, struct error *err) {
	return state_history_note(&states, store, before, after, at, arena, err);
}

bool list_mark_gone(struct store *store, const char *connection_id, const char *run_id, struct moment at,
                    struct unseen *unseen, struct error *err) {
	return state_history_end_unseen(&states, store, connection_id, run_id, at, unseen, err);
}

bool list_save_gone(struct store *store, const char *list_id, struct moment at, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct list list;
	bool found;
	return store_find(store, LISTS, FILTER(by_id(list_id), is_absent("gone_at")), NULL, &list_record, arena, &list,
	                  &found, err) &&
	       (!found || state_history_end(&states, store, &list, at, arena, err));
}

bool list_note_engagement(struct store *store, const char *list_id, const struct list_engagement *engagement,
                          struct arena *arena, struct error *err) {
	struct counted_engagement counted = { store_new_id(arena), list_id, engagement->counted_at, *engagement };
	return store_insert(store, ENGAGEMENTS, &counted_record, &counted, err);
}

static bool put_counts(struct store *store, struct list *list, struct moment as_of, struct arena *arena, bool *known,
                       struct error *err) {
	struct list_snapshot snapshot;
	if (!store_find(store, COUNTS, FILTER(eq_id("list_id", list->id), lte_moment("snapshot_time", as_of)),
	                SORT(desc("snapshot_time"), desc("_id")), &list_snapshot_record, arena, &snapshot, known, err))
		return false;
	if (!*known)
		return true;
	list->counts = snapshot.counts;
	list->synced_at = snapshot.snapshot_time;
	return true;
}

static bool put_state(struct store *store, struct list *list, struct moment as_of, struct arena *arena,
                      struct error *err) {
	struct list_state state;
	bool found;
	if (!moment_is_set(list->listed_since) || list->listed_since.ms <= as_of.ms)
		return true;
	if (!store_find(store, STATES, FILTER(eq_id("list_id", list->id), lte_moment("since", as_of)),
	                SORT(desc("since"), desc("_id")), &state_record, arena, &state, &found, err))
		return false;
	if (found)
		copy_listed(list, &state.list);
	return true;
}

static bool put_engagement(struct store *store, struct list *list, struct moment as_of, struct arena *arena,
                           struct error *err) {
	struct counted_engagement counted;
	bool found;
	if (!moment_is_set(list->engagement.counted_at) || list->engagement.counted_at.ms <= as_of.ms)
		return true;
	record_clear(&list_engagement_record, &list->engagement);
	if (!store_find(store, ENGAGEMENTS, FILTER(eq_id("list_id", list->id), lte_moment("counted_at", as_of)),
	                SORT(desc("counted_at"), desc("_id")), &counted_record, arena, &counted, &found, err))
		return false;
	if (found)
		list->engagement = counted.engagement;
	return true;
}

bool list_at(struct store *store, struct list *list, struct moment as_of, struct arena *arena, bool *known,
             struct error *err) {
	if (!put_counts(store, list, as_of, arena, known, err))
		return false;
	if (!*known)
		return true;
	list->seen_run = NULL;
	list->contacts_read_at = list->contacts_full_at = MOMENT_NONE;
	if (!put_state(store, list, as_of, arena, err))
		return false;
	if (moment_is_set(list->gone_at) && list->gone_at.ms > as_of.ms)
		list->gone_at = MOMENT_NONE;
	return put_engagement(store, list, as_of, arena, err);
}

bool list_all_at(struct store *store, struct moment as_of, struct arena *arena, struct list **lists, int *count,
                 struct error *err) {
	int all, kept = 0;
	if (!moment_is_set(as_of))
		return list_all(store, arena, lists, count, err);
	if (!list_all_ever(store, arena, lists, &all, err))
		return false;
	for (int i = 0; i < all; i++) {
		bool known;
		struct list list = (*lists)[i];
		if (!list_at(store, &list, as_of, arena, &known, err))
			return false;
		if (known && !moment_is_set(list.gone_at))
			(*lists)[kept++] = list;
	}
	COLLATE(*lists, kept, struct list, name);
	*count = kept;
	return true;
}

bool list_first_seen(struct store *store, struct arena *arena, struct moment *first, struct error *err) {
	struct list_snapshot snapshot;
	bool found;
	*first = MOMENT_NONE;
	if (!store_find(store, COUNTS, &everything, SORT(asc("snapshot_time"), asc("_id")), &list_snapshot_record, arena,
	                &snapshot, &found, err))
		return false;
	if (found)
		*first = snapshot.snapshot_time;
	return true;
}
