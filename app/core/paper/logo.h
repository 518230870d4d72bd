/* Logos uploaded for partners. */
#ifndef PAPER_LOGO_H
#define PAPER_LOGO_H

#include "core/base/buf.h"

/* A logo is a PNG (RFC 2083) or JPEG (ITU-T T.81, RGB or grey) of at most LOGO_BYTES and LOGO_PIXELS each way; its
 * dimensions and a JPEG's scans are checked before decoding, so that a small file cannot claim much memory or time.
 * Appends it to `png` as a PNG of at most LOGO_KEPT pixels each way, without metadata (place, camera, comments).
 * INVALID names the field "logo" and says what is wrong. */
enum { LOGO_BYTES = 600 * 1024, LOGO_PIXELS = 2000, LOGO_KEPT = 1000 };
bool logo_read(const char *bytes, size_t size, struct buf *png, struct error *err) MUST_CHECK;

#endif
