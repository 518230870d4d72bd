/* Which row named a person first. Keys are kept as hashes of 64 bits, of which a million collide once in 37 million
 * files. */
#include "audience/import/seen.h"

#include <glib.h>
#include <inttypes.h>

/* Nearly full, a look-up reads some hundred places that lie side by side; half empty, a million rows take 25 MB. */
enum { ROOM = 1024, FREE_OF = 25 }; /* one place of so many stays free */

struct seen {
	uint64_t *hashes; /* 0: free */
	uint32_t *rows;
	size_t room, count; /* room: a power of two */
};

static void free_seen(void *object) {
	struct seen *seen = object;
	g_free(seen->hashes);
	g_free(seen->rows);
}

static void make_room(struct seen *seen, size_t room) {
	seen->hashes = g_new0(uint64_t, room);
	seen->rows = g_new0(uint32_t, room);
	seen->room = room;
}

struct seen *seen_new(struct arena *arena) {
	struct seen *seen = arena_new_of(arena, struct seen);
	make_room(seen, ROOM);
	arena_defer(arena, free_seen, seen);
	return seen;
}

/* FNV-1a, and a finish that spreads its bits. */
static uint64_t hash_of(const char *key) {
	uint64_t hash = 0xcbf29ce484222325U;
	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 0x100000001b3U;
	hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93U;
	hash ^= hash >> 32;
	return hash ? hash : 1;
}

static size_t place_of(const struct seen *seen, uint64_t hash) {
	size_t at = hash & (seen->room - 1);
	while (seen->hashes[at] && seen->hashes[at] != hash)
		at = (at + 1) & (seen->room - 1);
	return at;
}

static void grow(struct seen *seen) {
	struct seen old = *seen;
	make_room(seen, old.room * 2);
	for (size_t i = 0; i < old.room; i++) {
		if (!old.hashes[i])
			continue;
		size_t at = place_of(seen, old.hashes[i]);
		seen->hashes[at] = old.hashes[i];
		seen->rows[at] = old.rows[i];
	}
	free_seen(&old);
}

int64_t seen_before(struct seen *seen, const char *key, int64_t row) {
	uint64_t hash = hash_of(key);
	size_t at = place_of(seen, hash);
	if (seen->hashes[at])
		return seen->rows[at];
	if (seen->count >= seen->room - seen->room / FREE_OF) {
		grow(seen);
		at = place_of(seen, hash);
	}
	seen->hashes[at] = hash;
	seen->rows[at] = (uint32_t)row;
	seen->count++;
	return 0;
}

const char *seen_told(struct arena *arena, int64_t row) {
	return arena_print(arena, "Same address as row %" PRId64 ".", row);
}
