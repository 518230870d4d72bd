/* What imports keep of people who are erased. */
#include "audience/importing/forget.h"

#include "audience/importing/batch.h"
#include "audience/importing/line.h"
#include "audience/importing/read.h"

static const char IMPORTS[] = "imports";

enum { WAITING_MAX = 1000 };

/* A part of the file. */
static bool is_named_here(struct import_work *work, struct import_place *place, const struct strings *keys, bool *named,
                          struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct batch *batch = arena_new_of(arena, struct batch);
	batch->arena = arena;
	batch->limit = IMPORT_BATCH;
	if (!import_read(work, place, batch, err))
		return false;
	for (int i = 0; i < batch->count && !*named; i++)
		*named = strings_have(keys, batch->rows[i].identity) ||
		         strings_have(keys, batch->rows[i].row.texts[MEMBER_PHONE]);
	*place = batch->next;
	return true;
}

/* A file that cannot be read to its end is taken to name them. */
static bool is_named(struct store *store, const struct import *import, const struct strings *keys, struct moment now,
                     bool *named, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct import_work *work = arena_new_of(arena, struct import_work);
	struct import_place place = import->first;
	*work = (struct import_work){ .store = store, .import = *import, .now = now };
	import_work_begin(work, arena);
	while (!work->ended && !*named)
		if (!is_named_here(work, &place, keys, named, err)) {
			*named = err->kind == ERROR_INVALID || err->kind == ERROR_TOO_LARGE || err->kind == ERROR_MISSING;
			return *named;
		}
	return true;
}

static bool drop(struct store *store, struct import *import, struct moment now, struct arena *arena,
                 struct error *err) {
	import->problem = "Somebody who is named in the file was erased. Upload it again without them";
	import->ended_at = now;
	import_clear_people(import);
	return import_step(store, import, STEP_STOP, ONLY("problem", "ended_at", "columns", "shown"), arena, err) &&
	       import_file_drop(store, import->id, err);
}

static bool forget_files(struct store *store, const struct strings *keys, struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct import *waiting;
	int count;
	if (!store_list(store, IMPORTS, FILTER(in_texts("state", TEXTS("mapping", "checking", "checked", "failed"))), NULL,
	                WAITING_MAX, &import_record, arena, (void **)&waiting, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		bool named = false;
		if (!is_named(store, &waiting[i], keys, now, &named, err) ||
		    (named && !drop(store, &waiting[i], now, arena, err)))
			return false;
	}
	return true;
}

bool import_forget(struct store *store, const struct strings *ids, const struct strings *keys, struct moment now,
                   struct error *err) {
	return import_line_forget(store, ids, keys, err) && (keys->count == 0 || forget_files(store, keys, now, err));
}
