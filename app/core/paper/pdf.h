/* A document as PDF (ISO 32000-1), by cairo and pango: real pagination, vector charts, tagged structure, outline,
 * embedded fonts. The same document gives the same bytes. */
#ifndef PAPER_PDF_H
#define PAPER_PDF_H

#include "core/base/buf.h"
#include "core/paper/document.h"

/* FAULT when cairo fails. *pages counts them. */
bool pdf_write(const struct document *document, struct buf *out, int *pages, struct error *err) MUST_CHECK;

#endif
