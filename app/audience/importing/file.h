/* The file of an import, in pieces that are packed, so that any machine can go on with it. */
#ifndef AUDIENCE_IMPORTING_FILE_H
#define AUDIENCE_IMPORTING_FILE_H

#include "audience/import/rows.h"
#include "core/store/store.h"

enum { IMPORT_FILE_PIECE = 1024 * 1024 };

/* Stores the file under the id of its import, whatever an interrupted upload has left there. */
bool import_file_save(struct store *store, const char *import_id, const char *bytes, int64_t size, struct moment at,
                      struct error *err) MUST_CHECK;

bool import_file_drop(struct store *store, const char *import_id, struct error *err) MUST_CHECK;

/* Deletes the pieces of uploads that ended without an import. */
bool import_file_drop_lost(struct store *store, struct moment before, struct error *err) MUST_CHECK;

/* Reads from a place on. Keeps the piece that it read last. */
struct import_file {
	struct store *store;
	const char *import_id;
	int64_t size, at, number; /* at: offset of the next byte; number: of the piece, -1: none */
	struct buf piece;
};
struct import_file *import_file_open(struct store *store, struct arena *arena, const char *import_id, int64_t size);
void import_file_seek(struct import_file *file, int64_t offset);

/* The bytes from here to the end of the piece; size 0 at the end. FAULT if a piece is missing or damaged. */
bool import_file_read(struct import_file *file, const char **bytes, size_t *size, struct error *err) MUST_CHECK;

#endif
