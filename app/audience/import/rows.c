/* The rows of a CSV file. */
#include "audience/import/rows.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "audience/import/charset.h"
#include "core/base/buf.h"
#include "core/formats/csv.h"

const struct rows_place rows_beginning = { 0, 1, 1 };

enum state {
	CELL_START,
	PLAIN,
	QUOTED,
	QUOTE,     /* in a quoted cell, after a quote: its end, or the first half of a double one */
	AFTER_CELL /* after the end of a quoted cell comes something else */
};
enum { PENDING = 8 };

struct row_reader {
	struct rows_format format;
	struct charset *charset;
	rows_take *take;
	void *context;
	struct rows_counts counts;
	struct rows_row row;
	bool plain[256]; /* bytes that are nothing but themselves in a cell */
	enum state state;
	int64_t offset, line; /* of the next character */
	int64_t quote_line;   /* where the cell's quote was opened */
	bool after_cr;        /* the last character was CR */
	bool row_ended;       /* and it ended a row; an LF still belongs to it */
	bool stopped;
	struct buf text; /* of the cells, each with its NUL */
	size_t starts[IMPORT_COLUMNS_MAX];
	const char *cells[IMPORT_COLUMNS_MAX];
	bool has_text;  /* some cell is not empty */
	bool has_extra; /* some cell beyond the format's columns is not empty */
	char pending[PENDING];
	size_t pending_size;
};

static void finish_text(void *object) {
	buf_finish(object);
}

static void begin_row(struct row_reader *rows) {
	int64_t number = rows->row.next.row;
	rows->row = (struct rows_row){ .place = { rows->offset, number, rows->line },
		                           .next = { rows->offset, number, rows->line },
		                           .fault_column = -1 };
	rows->state = CELL_START;
	rows->has_text = rows->has_extra = rows->row_ended = false;
	buf_reset(&rows->text);
	rows->starts[0] = 0;
}

struct row_reader *rows_open(struct arena *arena, const struct rows_format *format, const struct rows_place *start,
                             rows_take *take, void *context, struct error *err) {
	struct row_reader *rows = arena_new_of(arena, struct row_reader);
	rows->format = *format;
	rows->take = take;
	rows->context = context;
	rows->charset = charset_open(arena, format->charset, err);
	if (!rows->charset)
		return NULL;
	for (int i = ' '; i < 0x7f && charset_is_ascii(rows->charset); i++)
		rows->plain[i] = i != '"' && i != format->separator;
	arena_defer(arena, finish_text, &rows->text);
	rows->offset = start->offset;
	rows->line = start->line;
	rows->row.next = *start;
	begin_row(rows);
	return rows;
}

/* The first fault of a row is the one that is told. */
static void note_fault(struct row_reader *rows, enum rows_fault fault, int column) {
	if (rows->row.fault)
		return;
	rows->row.fault = fault;
	rows->row.fault_column = column;
	rows->row.fault_line = rows->line;
}

static int column_of(const struct row_reader *rows) {
	return rows->row.count;
}

static void add_text(struct row_reader *rows, const char *text, size_t size) {
	int column = column_of(rows);
	rows->has_text = true;
	if (rows->format.columns && column >= rows->format.columns)
		rows->has_extra = true;
	if (column >= IMPORT_COLUMNS_MAX)
		return;
	if (rows->text.size - rows->starts[column] + size > IMPORT_CELL_MAX)
		note_fault(rows, ROWS_CELL_LONG, column);
	else
		buf_add(&rows->text, text, size);
}

static void end_cell(struct row_reader *rows) {
	int column = rows->row.count++;
	rows->state = CELL_START;
	if (column >= IMPORT_COLUMNS_MAX)
		return;
	char *cell = rows->text.bytes ? rows->text.bytes + rows->starts[column] : NULL;
	if (cell)
		rows->text.size = rows->starts[column] + csv_unguard(cell);
	buf_char(&rows->text, '\0');
	if (column + 1 < IMPORT_COLUMNS_MAX)
		rows->starts[column + 1] = rows->text.size;
}

static int cells_wanted(const struct row_reader *rows) {
	int wanted = rows->format.columns ? rows->format.columns : rows->row.count;
	return MIN(MIN(wanted, rows->row.count), IMPORT_COLUMNS_MAX);
}

static void give_row(struct row_reader *rows) {
	int columns = rows->format.columns;
	if (rows->row.count < (rows->format.least ? rows->format.least : columns))
		note_fault(rows, ROWS_SHORT, -1);
	if (rows->has_extra)
		note_fault(rows, ROWS_LONG, -1);
	rows->row.cells = (struct strings){ rows->cells, cells_wanted(rows) };
	for (int i = 0; i < rows->row.cells.count; i++)
		rows->cells[i] = rows->text.bytes + rows->starts[i];
	rows->counts.rows++;
	rows->counts.faulty += rows->row.fault != ROWS_FINE;
	rows->stopped = !rows->take(rows->context, &rows->row);
}

/* The row ends before the next character. */
static void end_row(struct row_reader *rows) {
	end_cell(rows);
	rows->row.next = (struct rows_place){ rows->offset, rows->row.place.row + 1, rows->line };
	if (rows->has_text || rows->row.fault)
		give_row(rows);
	begin_row(rows);
}

static bool is_unusable(gunichar c) {
	return !c || (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

static bool is_control(gunichar c) {
	return (c < ' ' && c != '\t' && c != '\r' && c != '\n') || (c >= 0x7f && c <= 0x9f);
}

static void add_character(struct row_reader *rows, const char *text, size_t size) {
	gunichar c = g_utf8_get_char_validated(text, (gssize)size);
	if (size == 1 && (unsigned char)*text < 0x80)
		c = (gunichar)*text;
	if (is_unusable(c)) {
		note_fault(rows, ROWS_CHARACTERS, column_of(rows));
		add_text(rows, "\xef\xbf\xbd", 3);
	} else if (is_control(c)) {
		rows->counts.control_characters++;
		add_text(rows, " ", 1);
	} else {
		add_text(rows, text, size);
	}
}

/* A quote, a separator or a line end outside quotes; false: it is text. */
static bool is_structure(struct row_reader *rows, char c) {
	if (rows->state == QUOTED) {
		rows->state = c == '"' ? QUOTE : QUOTED;
		return c == '"';
	}
	if (c == '"' && rows->state == CELL_START) {
		rows->state = QUOTED;
		rows->quote_line = rows->line;
		return true;
	}
	if (c == '"' && rows->state == QUOTE) {
		rows->state = QUOTED;
		return false;
	}
	if (c == rows->format.separator) {
		end_cell(rows);
		return true;
	}
	return c == '\r' || c == '\n';
}

static void read_text(struct row_reader *rows, const char *text, size_t size) {
	if (rows->state == QUOTE) {
		note_fault(rows, ROWS_QUOTE, column_of(rows));
		rows->state = AFTER_CELL;
	} else if (rows->state == CELL_START) {
		rows->state = PLAIN;
	}
	add_character(rows, text, size);
}

/* Of CR LF the CR ends the line. */
static void count_line(struct row_reader *rows, char c) {
	rows->line += c == '\r' || (c == '\n' && !rows->after_cr);
	rows->after_cr = c == '\r';
}

static void read_character(struct row_reader *rows, const char *text, size_t size, int used) {
	char c = size == 1 ? *text : 'x';
	if (rows->row_ended && c != '\n')
		end_row(rows);
	if (rows->stopped)
		return;
	bool structure = size == 1 && is_structure(rows, c);
	count_line(rows, c);
	if (!structure)
		read_text(rows, text, size);
	rows->offset += used;
	if (structure && c == '\n')
		end_row(rows);
	else if (structure && c == '\r')
		rows->row_ended = true;
}

static void read_invalid(struct row_reader *rows, int used) {
	if (rows->row_ended)
		end_row(rows);
	if (rows->stopped)
		return;
	if (!rows->counts.invalid++)
		rows->counts.invalid_line = rows->line;
	note_fault(rows, ROWS_BYTES, column_of(rows));
	rows->after_cr = false;
	read_text(rows, "\xef\xbf\xbd", 3);
	rows->offset += used;
}

static size_t plain_length(const struct row_reader *rows, const char *bytes, size_t size) {
	size_t length = 0;
	if (rows->state == QUOTE || rows->row_ended)
		return 0;
	while (length < size && rows->plain[(unsigned char)bytes[length]])
		length++;
	return length;
}

/* Characters that are nothing but themselves, all at once: most of a file. */
static void read_plain(struct row_reader *rows, const char *bytes, size_t size) {
	if (rows->state == CELL_START)
		rows->state = PLAIN;
	rows->after_cr = false;
	add_text(rows, bytes, size);
	rows->offset += (int64_t)size;
}

static bool is_mark(const struct row_reader *rows, const struct charset_step *step) {
	return rows->offset == 0 && step->size == 3 && memcmp(step->text, "\xef\xbb\xbf", 3) == 0;
}

/* How many bytes it took; 0: they end within a character. */
static size_t read_next(struct row_reader *rows, const char *bytes, size_t size) {
	struct charset_step step;
	size_t plain = plain_length(rows, bytes, size);
	if (plain) {
		read_plain(rows, bytes, plain);
		return plain;
	}
	enum charset_result result = charset_step(rows->charset, bytes, size, &step);
	if (result == CHARSET_MORE)
		return 0;
	if (result == CHARSET_INVALID)
		read_invalid(rows, step.used);
	else if (is_mark(rows, &step))
		rows->row.place.offset = rows->offset += step.used;
	else
		read_character(rows, step.text, (size_t)step.size, step.used);
	return (size_t)step.used;
}

static bool within_limits(const struct row_reader *rows, struct error *err) {
	if (rows->offset > IMPORT_FILE_MAX)
		return error_set(err, ERROR_TOO_LARGE, "The file is larger than %d MB. Split it into several files.",
		                 IMPORT_FILE_MAX / (1024 * 1024));
	if (rows->row.place.row > IMPORT_ROWS_MAX + 1 && rows->has_text)
		return error_set(err, ERROR_TOO_LARGE, "The file has more than 1,000,000 rows. Split it into several files.");
	return true;
}

static void drop_pending(struct row_reader *rows, size_t used) {
	rows->pending_size -= used;
	memmove(rows->pending, rows->pending + used, rows->pending_size);
}

/* Bytes that began a character in the piece before, together with the ones that follow. */
static bool read_pending(struct row_reader *rows, const char **bytes, size_t *size) {
	while (rows->pending_size && *size && !rows->stopped) {
		if (rows->pending_size == PENDING)
			return false;
		rows->pending[rows->pending_size++] = *(*bytes)++;
		(*size)--;
		size_t used = 1;
		while (used && rows->pending_size && !rows->stopped) {
			used = read_next(rows, rows->pending, rows->pending_size);
			drop_pending(rows, used);
		}
	}
	return true;
}

bool rows_feed(struct row_reader *rows, const char *bytes, size_t size, struct error *err) {
	if (!read_pending(rows, &bytes, &size))
		return error_set(err, ERROR_FAULT, "a character of more than %d bytes", PENDING);
	while (size && !rows->stopped) {
		size_t used = read_next(rows, bytes, size);
		if (!used) {
			memcpy(rows->pending, bytes, size);
			rows->pending_size = size;
			break;
		}
		bytes += used;
		size -= used;
		if (!within_limits(rows, err))
			return false;
	}
	return true;
}

bool rows_finish(struct row_reader *rows, struct error *err) {
	if (rows->pending_size && !rows->stopped)
		read_invalid(rows, (int)rows->pending_size);
	if (rows->stopped)
		return true;
	if (rows->state == QUOTED)
		return error_set(err, ERROR_INVALID,
		                 "The quote in line %" PRId64 ", column %d is never closed. Put a second quote at the end of "
		                 "that cell.",
		                 rows->quote_line, column_of(rows) + 1);
	if (rows->row.count || rows->state != CELL_START || rows->row_ended)
		end_row(rows);
	return true;
}

const struct rows_counts *rows_counts(const struct row_reader *rows) {
	return &rows->counts;
}

bool rows_stopped(const struct row_reader *rows) {
	return rows->stopped;
}

const char *rows_fault_told(struct arena *arena, const struct rows_row *row, const struct rows_format *format) {
	static const char *const words[ROWS_FAULT_COUNT] = {
		[ROWS_CELL_LONG] = "has more than 10,000 bytes",
		[ROWS_QUOTE] = "has text after its closing quote. Write a quote within a cell twice",
		[ROWS_BYTES] = "has bytes that are no letters in this encoding. Save the file as UTF-8",
		[ROWS_CHARACTERS] = "has a character that is no text",
	};
	if (row->fault == ROWS_FINE)
		return "";
	if (row->fault == ROWS_SHORT || row->fault == ROWS_LONG)
		return arena_print(arena, "The row has %d %s instead of %d", row->count, row->count == 1 ? "cell" : "cells",
		                   row->fault == ROWS_SHORT && format->least ? format->least : format->columns);
	return arena_print(arena, "Column %d, line %" PRId64 ": the cell %s", row->fault_column + 1, row->fault_line,
	                   words[row->fault]);
}
