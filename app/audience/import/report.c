/* The rows that were not imported. */
#include "audience/import/report.h"

#include <inttypes.h>

#include "core/formats/csv.h"

void report_head(struct buf *out, const struct header *header) {
	for (int i = 0; i < header->names.count; i++)
		csv_cell(out, header->names.items[i], i == 0);
	csv_cell(out, "Import: row", false);
	csv_cell(out, "Import: reason", false);
	csv_end(out);
}

void report_row(struct buf *out, const struct header *header, const struct rows_row *row, const char *reason) {
	for (int i = 0; i < header->names.count; i++)
		csv_cell(out, i < row->cells.count ? row->cells.items[i] : NULL, i == 0);
	buf_print(out, ",%" PRId64, row->place.row);
	csv_cell(out, reason, false);
	csv_end(out);
}
