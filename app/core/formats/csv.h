/* CSV writing (RFC 4180): CRLF rows, quotes where needed, what a spreadsheet might take for a formula gets a leading
 * apostrophe, what is no text is replaced (text_drawable). audience/import/rows.h reads it back. */
#ifndef FORMATS_CSV_H
#define FORMATS_CSV_H

#include "core/base/buf.h"
#include "core/base/text.h"

/* `first`: the cell starts a row. NULL writes an empty cell. */
void csv_cell(struct buf *out, const char *text, bool first);

/* A number such as -12.5 as it is: its minus is no formula. Anything else is written as text. */
void csv_number(struct buf *out, const char *number, bool first);

/* Several texts in one cell, as a JSON array, so that they can be parted again; an empty cell for none. */
void csv_list(struct buf *out, const struct strings *items, bool first);
void csv_end(struct buf *out);

/* Takes off, in place, the apostrophes that csv_cell has put before formulas, and nothing else; returns the length. */
size_t csv_unguard(char *text);

#endif
