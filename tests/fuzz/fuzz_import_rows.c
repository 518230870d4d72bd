/* A CSV file in any encoding: read in one piece, in small ones, and going on in its middle, its rows are the same. */
#include <stdlib.h>
#include <string.h>

#include "audience/import/charset.h"
#include "audience/import/rows.h"
#include "core/base/buf.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

struct reading {
	struct buf out;
	struct rows_place next;
	int rows, stop_after;
};

static bool take(void *context, const struct rows_row *row) {
	struct reading *reading = context;
	buf_print(&reading->out, "%d %d %d %d:", (int)row->place.row, (int)row->place.line, (int)row->place.offset,
	          (int)row->fault);
	for (int i = 0; i < row->cells.count; i++) {
		if (!text_is_drawable(row->cells.items[i]) || strlen(row->cells.items[i]) > IMPORT_CELL_MAX)
			abort();
		buf_print(&reading->out, "[%s]", row->cells.items[i]);
	}
	reading->next = row->next;
	return ++reading->rows != reading->stop_after;
}

static bool read_all(struct reading *reading, const struct rows_format *format, struct rows_place start,
                     const char *bytes, size_t size, size_t piece) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct row_reader *rows = rows_open(arena, format, &start, take, reading, &err);
	bool fine = rows != NULL;
	for (size_t at = (size_t)start.offset; fine && at < size; at += piece)
		fine = rows_feed(rows, bytes + at, piece < size - at ? piece : size - at, &err);
	return fine && rows_finish(rows, &err);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
	static const char *const charsets[] = { "UTF-8", "WINDOWS-1252", "UTF-16LE",     "UTF-16BE",
		                                    "CP932", "GB18030",      "WINDOWS-1258", "UTF-32LE" };
	static const char separators[] = ",;\t|";
	if (size < 2 || size > 4096)
		return 0;
	const char *bytes = (const char *)data + 2;
	size -= 2;
	struct charset_guess guess = charset_guess(bytes, size, data[0] & 1);
	struct rows_format format = { data[0] & 0x80 ? guess.name : charsets[data[0] / 2 % 8], separators[data[1] % 4],
		                          data[1] / 4 % 4 };
	struct reading whole = { 0 }, parts = { .stop_after = 1 + data[1] / 16 };
	bool fine = read_all(&whole, &format, rows_beginning, bytes, size, size + 1);
	bool same = read_all(&parts, &format, rows_beginning, bytes, size, 1 + data[0] % 9);
	if (parts.rows == parts.stop_after) {
		parts.stop_after = 0;
		same = read_all(&parts, &format, parts.next, bytes, size, 1 + data[1] % 5);
	}
	if (same != fine || strcmp(buf_text(&whole.out), buf_text(&parts.out)) != 0)
		abort();
	buf_finish(&whole.out);
	buf_finish(&parts.out);
	return 0;
}
