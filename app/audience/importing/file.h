/* The file of an import, in pieces (core/store/pieces.h). */
#ifndef AUDIENCE_IMPORTING_FILE_H
#define AUDIENCE_IMPORTING_FILE_H

#include "audience/import/rows.h"
#include "core/store/pieces.h"

/* Stores the file under the id of its import, whatever an interrupted upload has left there. */
bool import_file_save(struct store *store, const char *import_id, const char *bytes, int64_t size, struct moment at,
                      struct error *err) MUST_CHECK;

bool import_file_drop(struct store *store, const char *import_id, struct error *err) MUST_CHECK;

/* Deletes the pieces of uploads that ended without an import. */
bool import_file_drop_lost(struct store *store, struct moment before, struct error *err) MUST_CHECK;

struct pieces *import_file_open(struct store *store, struct arena *arena, const char *import_id, int64_t size);

#endif
