/* Which row of a file named a person first. Pure; about 25 bytes a person. */
#ifndef AUDIENCE_IMPORT_SEEN_H
#define AUDIENCE_IMPORT_SEEN_H

#include <stdint.h>

#include "core/base/arena.h"

struct seen;

struct seen *seen_new(struct arena *arena);

/* The number of the row that came with this key before; 0, and it is noted, if this is the first. */
int64_t seen_before(struct seen *seen, const char *key, int64_t row);

/* "Same address as row 3." */
const char *seen_told(struct arena *arena, int64_t row);

#endif
