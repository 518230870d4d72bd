/* The keyed hash under which an erased address stays suppressed: HMAC-SHA-256 with SUPPRESSION_KEY, so that nobody who
 * has only the database can try addresses. With another key they would no longer be found: the first hash leaves a
 * check of its key, and whoever has another is told. */
#ifndef AUDIENCE_SUPPRESSION_HASHED_H
#define AUDIENCE_SUPPRESSION_HASHED_H

#include "core/base/arena.h"
#include "core/store/store.h"

/* Another key than the process's setting SUPPRESSION_KEY, for tests; NULL or "" for none. The text must live on. */
void hashed_use(const char *key);

/* "#" and 64 hex digits, which is neither an address nor a number; NULL without a key. */
const char *hashed_key(struct arena *arena, const char *key);
bool hashed_is(const char *key);

enum hashed_state {
	HASHED_NONE, /* nothing has been hashed yet */
	HASHED_FINE,
	HASHED_MISSING, /* there are hashes, and the process has no key */
	HASHED_CHANGED, /* there are hashes of another key */
};
bool hashed_read_state(struct store *store, enum hashed_state *state, struct error *err) MUST_CHECK;

/* CONFLICT, saying what to do, if there are hashes that this process cannot find; of the first hash of all it may know
 * up to a second later. */
bool hashed_check(struct store *store, struct error *err) MUST_CHECK;

/* Before the first hash is stored. CONFLICT without a key, or with another than the hashes have. */
bool hashed_begin(struct store *store, struct error *err) MUST_CHECK;

#endif
