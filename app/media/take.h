/* Taking an image from outside: what image_recode does, in a process of its own, which holds no file or connection and
 * has little time and memory (core/process/apart.h). A fault in a decoder reaches nothing. */
#ifndef MEDIA_TAKE_H
#define MEDIA_TAKE_H

#include "media/image.h"

/* As image_recode. BUSY: others are being decoded on this machine; retry. `lock` is a file for these to wait for each
 * other. */
bool image_take(const char *lock, const char *bytes, size_t size, uint32_t width, struct image *image, struct buf *out,
                struct error *err) MUST_CHECK;

#endif
