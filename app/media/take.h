/* Taking an image from outside: what image_recode does, in a process of its own, which holds no file or connection and
 * has little time and memory (core/process/apart.h). A fault in a decoder reaches nothing. */
#ifndef MEDIA_TAKE_H
#define MEDIA_TAKE_H

#include "core/process/turns.h"
#include "media/image.h"

/* As image_recode. BUSY (core/process/turns.h): others are being decoded on this machine; retry. */
bool image_take(struct turns *turns, const char *bytes, size_t size, uint32_t width, struct image *image,
                struct buf *out, struct error *err) MUST_CHECK;

#endif
