/* The append-only history of an object's states: a row for each, with the moment since when it held. The object has the
 * moment since when its present state holds; without one it is older than the history.
 *
 * Call state_history_note before the object's present state is written. After a crash between the two writes the next
 * call appends the same state once more, which changes nothing. */
#ifndef STORE_STATE_HISTORY_H
#define STORE_STATE_HISTORY_H

#include "core/store/store.h"

/* What is to be appended, decided from the state before and after. */
struct state_change {
	bool begins;         /* the state before gets the first row: the object is older than the history */
	struct moment was;   /* since when the state before holds; MOMENT_NONE for a new object */
	bool appends;        /* the state after is another one and gets a row */
	struct moment since; /* since when the state after holds */
};

/* Pure. `first_seen`: when the object was first seen; `was`: since when the state before holds, MOMENT_NONE if that is
 * not recorded; both do not count if `is_new`. A new row is later than all before, whatever the clock says in `at`. */
struct state_change state_change(bool is_new, struct moment first_seen, struct moment was, bool same, struct moment at);

/* An object as its history sees it. */
struct state_history {
	/* Appends a row. `inferred`: from before there was this history. */
	bool (*append)(struct store *store, const void *object, struct moment since, bool inferred, struct arena *arena,
	               struct error *err);
	bool (*same)(const void *a, const void *b);
	/* Writes that the object is gone since `at`, and since when that state holds. */
	bool (*write_gone)(struct store *store, const char *id, struct moment at, struct moment since, struct error *err);
	/* Marks those that match as missing in this run, with so many. */
	bool (*write_missing)(struct store *store, const struct filter *which, const char *run_id, int64_t count,
	                      struct error *err);
	/* Of the objects, which have external.connection_id, synced_at, seen_run, missing_run and missing_with. */
	const char *collection;
	const struct record_type *record; /* theirs */
	size_t id, since, gone;           /* offsets of the id (a text), of that moment and of gone_at */
};

/* Appends what has changed from `before` (NULL: a new object) to `after` at `at`, and sets the moment of `after`, which
 * needs its id. */
bool state_history_note(const struct state_history *history, struct store *store, const void *before, void *after,
                        struct moment at, struct arena *arena, struct error *err) MUST_CHECK;

/* The object, as it is stored, is gone since `at`. */
bool state_history_end(const struct state_history *history, struct store *store, const void *object, struct moment at,
                       struct arena *arena, struct error *err) MUST_CHECK;

/* What a run has not seen although it was told that it has read all. */
struct unseen {
	bool doubted;    /* to be set before: is it doubtful that it has read all, however few are missing? */
	int64_t known;   /* objects that were there before */
	int64_t missing; /* of them, not seen by this run */
	int64_t waiting; /* of them, not taken for gone before the next such run leaves out the same */
};

/* Pure. Were so few seen that the answer was rather cut short? */
bool unseen_is_doubtful(int64_t known, int64_t missing);

/* The objects of a connection that a run has not seen although it has read all are gone since `at`. If too few came to
 * believe that, they are only marked as missing, unless the newest such run before left out just the same: answers that
 * are cut at one place and at another say nothing of what both lack. */
bool state_history_end_unseen(const struct state_history *history, struct store *store, const char *connection_id,
                              const char *run_id, struct moment at, struct unseen *unseen,
                              struct error *err) MUST_CHECK;

#endif
