/* The copies of images on this machine, which nginx serves: a folder that may be emptied at any time. */
#ifndef MEDIA_COPY_H
#define MEDIA_COPY_H

#include "core/base/error.h"
#include "media/media.h"

/* Pure. The digest in "9f…e1.png"; NULL unless it is the name of a copy. */
const char *copy_digest(struct arena *arena, const char *name);

/* Writes it, so that at no moment a part of it is there. */
bool copy_write(const char *home, const char *name, const struct buf *bytes, struct error *err) MUST_CHECK;

void copy_drop(const char *home, const char *name);

#endif
