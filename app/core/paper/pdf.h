/* A document as PDF (ISO 32000-1), with cairo and pango: pagination, vector charts, tagged structure, outline, embedded
 * fonts. The output is deterministic. */
#ifndef PAPER_PDF_H
#define PAPER_PDF_H

#include "core/base/buf.h"
#include "core/paper/document.h"

/* FAULT if cairo fails. *pages is the number of pages. */
bool pdf_write(const struct document *document, struct buf *out, int *pages, struct error *err) MUST_CHECK;

#endif
