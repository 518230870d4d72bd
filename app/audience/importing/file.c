/* The file of an import. */
#include "audience/importing/file.h"

enum { LOST_AT_ONCE = 10 };

static const char FILES[] = "import_files";

static struct piece_owner owner_of(const char *import_id) {
	return (struct piece_owner){ "import_id", import_id };
}

bool import_file_drop(struct store *store, const char *import_id, struct error *err) {
	return pieces_drop(store, FILES, owner_of(import_id), err);
}

bool import_file_save(struct store *store, const char *import_id, const char *bytes, int64_t size, struct moment at,
                      struct error *err) {
	return pieces_save(store, FILES, owner_of(import_id), bytes, size, at, err);
}

bool import_file_drop_lost(struct store *store, struct moment before, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct strings ids;
	bool fine = pieces_owners(store, FILES, "import_id", before, LOST_AT_ONCE, arena, &ids, err);
	for (int i = 0; fine && i < ids.count; i++) {
		int64_t known;
		fine = store_count(store, "imports", FILTER(by_id(ids.items[i])), &known, err) &&
		       (known > 0 || import_file_drop(store, ids.items[i], err));
	}
	return fine;
}

struct pieces *import_file_open(struct store *store, struct arena *arena, const char *import_id, int64_t size) {
	return pieces_open(store, FILES, owner_of(import_id), size, arena);
}
