/* Rows kept by the versions of their realms. */
#include "core/store/kept.h"

#include <string.h>

#include "core/base/text.h"

enum { KEPT_BYTES = 4 << 20 };

static void *copy_of(const struct kept *kept, struct arena *arena) {
	size_t size = kept->size * (size_t)kept->rows.count;
	void *copy = arena_alloc(arena, size);
	if (size)
		memcpy(copy, kept->rows.items, size);
	return copy;
}

static void forget(struct kept *kept) {
	arena_free(kept->arena);
	kept->arena = NULL;
	kept->store = NULL;
}

static bool renew(struct kept *kept, struct store *store, const char *of, struct error *err) {
	forget(kept);
	kept->arena = arena_new();
	if (!kept->read(store, of, kept->arena, &kept->rows, err)) {
		forget(kept);
		return false;
	}
	kept->store = store;
	kept->of = arena_copy(kept->arena, of);
	kept->versions = *store_observed(store);
	return true;
}

static void release(void *arena) {
	arena_free(arena);
}

/* Rows that are too many live as long as the caller's arena. */
static void hand_over(struct kept *kept, struct arena *arena) {
	arena_defer(arena, release, kept->arena);
	kept->arena = NULL;
	kept->store = NULL;
}

static bool holds(const struct kept *kept, const struct store *store, const char *of) {
	return kept->store == store && text_same(kept->of, of) &&
	       versions_same(&kept->versions, store_observed(store), kept->realms);
}

bool kept_rows(struct kept *kept, struct store *store, const char *of, struct arena *arena, void **rows, int *count,
               struct error *err) {
	struct rows read;
	if (!store_observed(store)) {
		bool fine = kept->read(store, of, arena, &read, err);
		*rows = read.items;
		*count = read.count;
		return fine;
	}
	if (!holds(kept, store, of) && !renew(kept, store, of, err))
		return false;
	*rows = copy_of(kept, arena);
	*count = kept->rows.count;
	if (arena_used(kept->arena) > KEPT_BYTES)
		hand_over(kept, arena);
	return true;
}
