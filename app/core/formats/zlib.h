/* Compression: DEFLATE with zlib's header and checksum (RFC 1950). */
#ifndef FORMATS_ZLIB_H
#define FORMATS_ZLIB_H

#include "core/base/buf.h"

/* Appends the compressed bytes to `out`. */
void zlib_pack(struct buf *out, const char *bytes, size_t size);

/* Appends the decompressed bytes. INVALID if the data is damaged or expands to more than `max`. */
bool zlib_unpack(struct buf *out, const char *bytes, size_t size, size_t max, struct error *err) MUST_CHECK;

#endif
