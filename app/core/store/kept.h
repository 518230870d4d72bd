/* All rows of a small collection, kept in the process while the versions of their realms (store_observe) are the same:
 * most pages show names of lists and partners. Without observed versions, as in the sync and on the command line, every
 * call reads the database. */
#ifndef STORE_KEPT_H
#define STORE_KEPT_H

#include "core/store/version.h"

/* Static in its room. The first three members are given, the others are private. */
struct kept {
	unsigned realms; /* that the rows depend on */
	size_t size;     /* of a row */
	bool (*read)(struct store *store, const char *of, struct arena *arena, struct rows *rows, struct error *err);

	const struct store *store; /* NULL: nothing is kept */
	struct arena *arena;
	const char *of;
	struct rows rows;
	struct versions versions;
};

/* The rows as `read` gave them, of a user or the like; NULL: all. Those of one are kept at a time. The array is the
 * caller's, in the arena, and may be sorted and changed; what its rows point to is shared, must not be changed and is
 * valid until the end of the request. More than 4 MB are not kept. */
bool kept_rows(struct kept *kept, struct store *store, const char *of, struct arena *arena, void **rows, int *count,
               struct error *err) MUST_CHECK;

#endif
