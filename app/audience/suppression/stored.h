/* The rows as they are stored. Private to this folder. */
#ifndef AUDIENCE_SUPPRESSION_STORED_H
#define AUDIENCE_SUPPRESSION_STORED_H

#include "audience/suppression/suppression.h"

enum { SUPPRESSION_TRIES = 5 }; /* of a change, when others come in between */

/* Keys as they were asked for and as they may be stored: each once as it is and, with a key of hashes, once hashed. */
struct suppression_asked {
	const char *stored, *key;
};
struct suppression_asking {
	struct suppression_asked *items; /* sorted by `stored` */
	int count;
	struct strings stored;
};
struct suppression_asking suppression_ask(const struct strings *keys, struct arena *arena);

/* The key as it was asked for. */
const char *suppression_asked_for(const struct suppression_asking *asking, const char *stored);

/* All rows of these keys, lifted ones too, sorted by key and then reason; `key` is as it is stored. */
bool suppression_read(struct store *store, const struct suppression_asking *asking, struct arena *arena,
                      struct suppression **rows, int *count, struct error *err) MUST_CHECK;

/* Writes rows as they are now: new ones (without an id) are inserted, unless somebody else was first; of the others,
 * whatever follows from a new note, unless somebody else has changed them since. *all: every one was written. */
bool suppression_write(struct store *store, const struct suppression *rows, int count, struct arena *arena, bool *all,
                       struct error *err) MUST_CHECK;

#endif
