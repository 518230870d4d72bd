/* All rows of a file, as one text. */
#ifndef UNIT_IMPORT_READ_H
#define UNIT_IMPORT_READ_H

#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

#include "audience/import/rows.h"
#include "core/base/buf.h"

struct reading {
	struct buf out;
	struct rows_place next; /* after the last row */
	int rows, stop_after;   /* 0: never */
	struct arena *arena;
	const struct rows_format *format;
};

static inline bool reading_take(void *context, const struct rows_row *row) {
	struct reading *reading = context;
	buf_print(&reading->out, "%" PRId64 " %" PRId64 " %" PRId64 ":", row->place.row, row->place.line,
	          row->place.offset);
	for (int i = 0; i < row->cells.count; i++)
		buf_print(&reading->out, "[%s]", row->cells.items[i]);
	if (row->fault)
		buf_print(&reading->out, "!%d", (int)row->fault);
	buf_char(&reading->out, '\n');
	reading->next = row->next;
	return ++reading->rows != reading->stop_after;
}

/* In pieces of so many bytes. */
static inline struct row_reader *reading_read(struct arena *arena, struct reading *reading,
                                              const struct rows_format *format, const struct rows_place *start,
                                              const char *bytes, size_t size, size_t piece, struct error *err) {
	struct row_reader *rows = rows_open(arena, format, start, reading_take, reading, err);
	bool fine = rows != NULL;
	for (size_t at = (size_t)start->offset; fine && at < size; at += piece)
		fine = rows_feed(rows, bytes + at, piece < size - at ? piece : size - at, err);
	return fine && rows_finish(rows, err) ? rows : NULL;
}

#endif
