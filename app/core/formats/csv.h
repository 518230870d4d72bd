/* CSV writing (RFC 4180): CRLF rows, quotes where needed, what a spreadsheet might take for a formula gets
 * a leading apostrophe, what is no text is replaced (text_drawable). */
#ifndef FORMATS_CSV_H
#define FORMATS_CSV_H

#include "core/base/buf.h"

/* `first`: the cell starts a row. NULL writes an empty cell. */
void csv_cell(struct buf *out, const char *text, bool first);
void csv_end(struct buf *out);

#endif
