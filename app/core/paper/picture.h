/* The first page of a document as a picture, for a preview. */
#ifndef PAPER_PICTURE_H
#define PAPER_PICTURE_H

#include "core/base/buf.h"
#include "core/paper/document.h"

/* Appends a PNG of that many pixels a point. FAULT if cairo fails. */
bool picture_write(const struct document *document, double scale, struct buf *png, struct error *err) MUST_CHECK;

/* The picture as an address that holds it: "data:image/png;base64,…" (RFC 2397). */
char *picture_address(const struct buf *png, struct arena *arena);

#endif
