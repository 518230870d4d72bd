/* A text as the picture of a QR code (ISO/IEC 18004), by libqrencode. */
#ifndef CODES_QR_H
#define CODES_QR_H

#include <stdbool.h>

#include "core/base/buf.h"

enum { QR_EDGE = 4, QR_MODULE = 5 }; /* modules of white around it, part of the picture; pixels a module */

/* Appends a PNG, black on white. False: the text is too long for one. */
bool qr_png(const char *text, struct buf *out);

/* The same as an address: "data:image/png;base64,…". */
bool qr_address(const char *text, struct buf *out);

#endif
