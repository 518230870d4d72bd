/* Files in the database, in pieces that are packed, so that any machine has them and a backup holds them. A room names
 * its collection and the member that says whose pieces they are; that member and "n" are its index. */
#ifndef STORE_PIECES_H
#define STORE_PIECES_H

#include "core/store/store.h"

enum { PIECE_BYTES = 1024 * 1024 };

/* Whose they are: { "import_id", id }. */
struct piece_owner {
	const char *member, *id;
};

/* Stores the file in place of whatever an interrupted upload has left there. */
bool pieces_save(struct store *store, const char *collection, struct piece_owner owner, const char *bytes, int64_t size,
                 struct moment at, struct error *err) MUST_CHECK;

bool pieces_drop(struct store *store, const char *collection, struct piece_owner owner, struct error *err) MUST_CHECK;

/* Those whose first piece was stored before that moment, at most `most`: for what was left behind. */
bool pieces_owners(struct store *store, const char *collection, const char *member, struct moment before, int most,
                   struct arena *arena, struct strings *ids, struct error *err) MUST_CHECK;

/* Reads from a place on. Keeps the piece that it read last. */
struct pieces {
	struct store *store;
	const char *collection;
	struct piece_owner owner;
	int64_t size, at, number; /* at: offset of the next byte; number: of the piece, -1: none */
	struct buf piece;
};
struct pieces *pieces_open(struct store *store, const char *collection, struct piece_owner owner, int64_t size,
                           struct arena *arena);
void pieces_seek(struct pieces *pieces, int64_t offset);

/* The bytes from here to the end of the piece; size 0 at the end. MISSING: a piece is not there. FAULT: it is damaged.
 */
bool pieces_read(struct pieces *pieces, const char **bytes, size_t *size, struct error *err) MUST_CHECK;

/* Appends all of them. */
bool pieces_read_all(struct pieces *pieces, struct buf *out, struct error *err) MUST_CHECK;

#endif
