/* Tags in a cell. Pure. */
#ifndef AUDIENCE_IMPORT_TAGS_H
#define AUDIENCE_IMPORT_TAGS_H

#include "core/base/text.h"

/* Tags parted by commas, semicolons or bars, each in quotes or not, or as an export writes them, ["a","b"]; each once,
 * in their order. Those that are none go to `wrong`. */
struct strings tags_read(struct arena *arena, const char *cell, struct strings *wrong);

#endif
