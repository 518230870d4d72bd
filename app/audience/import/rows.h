/* The rows of a CSV file (RFC 4180), read in pieces of any size with flat memory.
 *
 * A quote counts only at the beginning of a cell; within quotes two are one, and line ends are kept. A backslash is a
 * letter. Rows end with CR LF, LF or CR; rows without any text are not given. A row that cannot be used is given with
 * its fault, and the rows after it are read as if nothing had happened. Apostrophes that an export put before
 * formulas are taken off (csv_unguard). Control characters become spaces, except tab and line ends.
 *
 * Not libcsv: that tells neither where a row begins nor bounds a cell, and a killed import goes on at a row's place.
 *
 *   struct row_reader *rows = rows_open(arena, &format, &start, take, context, &err);
 *   while (bytes come) rows_feed(rows, bytes, size, &err);
 *   rows_finish(rows, &err);
 */
#ifndef AUDIENCE_IMPORT_ROWS_H
#define AUDIENCE_IMPORT_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "audience/import/limits.h"
#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/text.h"

enum rows_fault {
	ROWS_FINE,
	ROWS_SHORT,      /* fewer cells than columns */
	ROWS_LONG,       /* more, and those are not empty */
	ROWS_CELL_LONG,  /* more than IMPORT_CELL_MAX bytes */
	ROWS_QUOTE,      /* text after a closing quote */
	ROWS_BYTES,      /* bytes that are no character in this encoding */
	ROWS_CHARACTERS, /* NUL or a noncharacter */
	ROWS_FAULT_COUNT,
};

/* Where a row begins. A reader that is opened with the `next` of a row gives the rows after it. */
struct rows_place {
	int64_t offset; /* in the file */
	int64_t row;    /* number as a spreadsheet shows it, from 1; empty rows count, too */
	int64_t line;   /* from 1 */
};

struct rows_row {
	struct rows_place place, next;
	struct strings cells; /* until the callback returns; at most IMPORT_COLUMNS_MAX, as many as the format's columns */
	int count;            /* cells in the file */
	enum rows_fault fault;
	int fault_column; /* from 0; -1: of the whole row */
	int64_t fault_line;
};

struct rows_format {
	const char *charset; /* as charset_open takes it */
	char separator;      /* one of ",;\t|" */
	int columns;         /* 0: any number is right */
	int least; /* cells that a row must have: columns without a name at the end need none; 0: as many as columns */
};

struct rows_counts {
	int64_t rows;    /* given, whether usable or not */
	int64_t faulty;  /* of these */
	int64_t invalid; /* bytes that are no character, in all rows */
	int64_t invalid_line, control_characters;
};

/* False stops the reader: rows_feed returns true and takes nothing more. */
typedef bool rows_take(void *context, const struct rows_row *row);

extern const struct rows_place rows_beginning;

struct row_reader;

/* `start`: rows_beginning, a row's `next`, or where the rows begin after a line "sep=;". INVALID if there is no such
 * encoding. Lives in the arena. */
struct row_reader *rows_open(struct arena *arena, const struct rows_format *format, const struct rows_place *start,
                             rows_take *take, void *context, struct error *err) MUST_CHECK;

/* The next bytes. TOO_LARGE beyond IMPORT_FILE_MAX or IMPORT_ROWS_MAX. */
bool rows_feed(struct row_reader *rows, const char *bytes, size_t size, struct error *err) MUST_CHECK;

/* After the last bytes. INVALID with its line if a quote is not closed. */
bool rows_finish(struct row_reader *rows, struct error *err) MUST_CHECK;

const struct rows_counts *rows_counts(const struct row_reader *rows);
bool rows_stopped(const struct row_reader *rows);

/* What is wrong, in words and without the full stop: "The row has 3 cells instead of 7". */
const char *rows_fault_told(struct arena *arena, const struct rows_row *row, const struct rows_format *format);

#endif
