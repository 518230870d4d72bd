/* An image decoded, turned as it is shown, shrunk and encoded anew, so that nothing but its pixels is left. A GIF stays
 * as its reader has cleaned it. For bytes of others in a process of its own: media/take.h. */
#ifndef MEDIA_RECODE_H
#define MEDIA_RECODE_H

#include "media/image.h"

/* Appends it to `out`, at most `width` pixels wide (0: as it is); image->width and height are what it has now. INVALID
 * names the field "file". */
bool image_recode(const char *bytes, size_t size, uint32_t width, struct image *image, struct buf *out,
                  struct error *err) MUST_CHECK;

#endif
