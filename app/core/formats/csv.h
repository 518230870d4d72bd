/* CSV writing (RFC 4180): CRLF rows, quotes where needed, formulas neutralized by a leading apostrophe. */
#ifndef FORMATS_CSV_H
#define FORMATS_CSV_H

#include "core/base/buf.h"

/* `first`: the cell starts a row. NULL writes an empty cell. */
void csv_cell(struct buf *out, const char *text, bool first);
void csv_end(struct buf *out);

#endif
