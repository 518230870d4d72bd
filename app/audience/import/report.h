/* The rows that were not imported, as a CSV file: as they were, each with its number and the reason. Mended, the file
 * can be imported again; its two own columns are ignored then. */
#ifndef AUDIENCE_IMPORT_REPORT_H
#define AUDIENCE_IMPORT_REPORT_H

#include "audience/import/header.h"
#include "audience/import/rows.h"
#include "core/base/buf.h"

void report_head(struct buf *out, const struct header *header);
void report_row(struct buf *out, const struct header *header, const struct rows_row *row, const char *reason);

#endif
