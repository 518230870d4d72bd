/* What a CSV file is. */
#include "audience/import/layout.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

static const char SEPARATORS[] = ",;\t|";

#define ENDLESS "One of the first rows is longer than 1 MB, or a quote in it is never closed"

const char *separator_name(char separator) {
	static const char *const names[] = { "comma", "semicolon", "tab", "bar" };
	const char *found = separator ? strchr(SEPARATORS, separator) : NULL;
	return found ? names[found - SEPARATORS] : "?";
}

/* How often a separator stands in each line, outside quotes. */
struct tally {
	int counts[IMPORT_LOOKED_AT], lines;
};

static void end_line(struct tally *tally, int count, bool is_empty) {
	if (!is_empty)
		tally->counts[tally->lines++] = count;
}

static struct tally tally_of(const char *text, char separator) {
	struct tally tally = { 0 };
	int count = 0;
	bool quoted = false, cell_start = true, line_start = true;
	for (; *text && tally.lines < IMPORT_LOOKED_AT; text++) {
		if (quoted) {
			quoted = *text != '"';
			continue;
		}
		if (*text == '\n' || *text == '\r') {
			end_line(&tally, count, line_start);
			count = 0;
			cell_start = line_start = true;
			continue;
		}
		quoted = *text == '"' && (cell_start || text[-1] == '"');
		count += *text == separator;
		cell_start = *text == separator;
		line_start = false;
	}
	if (tally.lines < IMPORT_LOOKED_AT)
		end_line(&tally, count, line_start);
	return tally;
}

/* How well it parts the lines like the first one, which has the headings; 0 if that one does not have it. */
static int score(const char *text, char separator) {
	enum { ENOUGH = 8 };
	struct tally tally = tally_of(text, separator);
	int alike = 0;
	for (int i = 0; i < tally.lines; i++)
		alike += tally.counts[i] == tally.counts[0];
	return tally.lines ? alike * 1000 / tally.lines * MIN(tally.counts[0], ENOUGH) : 0;
}

static char best_separator(const char *text) {
	char best = 0;
	int most = 0;
	for (const char *separator = SEPARATORS; *separator; separator++) {
		int reached = score(text, *separator);
		if (reached > most) {
			most = reached;
			best = *separator;
		}
	}
	return best;
}

/* A first line "sep=;", in quotes or not. 0: there is none. */
static char separator_line(const char *text, int *length) {
	const char *at = text + (*text == '"');
	char separator = g_ascii_strncasecmp(at, "sep=", 4) == 0 ? at[4] : '\0';
	if (!separator || !strchr(SEPARATORS, separator))
		return 0;
	at += 5 + (*text == '"' && at[5] == '"');
	while (*at && *at != '\r' && *at != '\n' && strchr(SEPARATORS, *at)) /* a spreadsheet has saved it as a row */
		at++;
	if (*at && *at != '\r' && *at != '\n')
		return 0;
	at += *at == '\r' ? 1 + (at[1] == '\n') : *at == '\n';
	*length = (int)(at - text);
	return separator;
}

/* Where so many characters of ASCII end in the file, after a byte order mark. */
static int64_t offset_after(struct charset *charset, const char *bytes, size_t size, int characters) {
	struct charset_step step;
	int64_t offset = 0;
	while (characters > 0 && (size_t)offset < size &&
	       charset_step(charset, bytes + offset, size - (size_t)offset, &step) == CHARSET_CHARACTER) {
		characters -= step.size == 1;
		offset += step.used;
	}
	return offset;
}

/* The first rows. */
struct gathered {
	struct arena *arena;
	struct rows_row first; /* its cells are copied */
	struct strings *sample;
	int count; /* of all rows */
};

static struct strings copied(struct arena *arena, const struct strings *cells) {
	struct strings copy = { arena_array(arena, const char *, cells->count + 1), cells->count };
	for (int i = 0; i < cells->count; i++)
		copy.items[i] = arena_copy(arena, cells->items[i]);
	return copy;
}

static bool gather(void *context, const struct rows_row *row) {
	struct gathered *gathered = context;
	struct strings cells = copied(gathered->arena, &row->cells);
	if (gathered->count == 0) {
		gathered->first = *row;
		gathered->first.cells = cells;
	}
	if (gathered->count <= IMPORT_LOOKED_AT)
		gathered->sample[gathered->count] = cells;
	return ++gathered->count <= IMPORT_LOOKED_AT;
}

static bool gather_rows(struct arena *arena, const char *bytes, size_t size, bool whole, const struct layout *layout,
                        struct gathered *gathered, struct error *err) {
	*gathered = (struct gathered){ .arena = arena, .sample = arena_array(arena, struct strings, IMPORT_LOOKED_AT + 1) };
	struct row_reader *rows = rows_open(arena, &layout->format, &layout->begin, gather, gathered, err);
	if (!rows || !rows_feed(rows, bytes + layout->begin.offset, size - (size_t)layout->begin.offset, err))
		return false;
	if (whole && !rows_finish(rows, err))
		return false;
	return gathered->count > 0 ||
	       (whole ? error_field(err, "file", "Choose a file: this one is empty") : error_field(err, "file", ENDLESS));
}

/* What people take for CSV, by its first bytes: read as text, it would be a file without addresses. */
static const char *foreign_kind(const char *bytes, size_t size) {
	static const struct {
		const char *begins, *kind;
	} kinds[] = {
		{ "PK\x03\x04", "a spreadsheet or a ZIP file" },
		{ "\xd0\xcf\x11\xe0", "a spreadsheet" },
		{ "\x1f\x8b", "a compressed file" },
		{ "%PDF-", "a PDF" },
		{ "\x89PNG", "an image" },
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (size >= strlen(kinds[i].begins) && memcmp(bytes, kinds[i].begins, strlen(kinds[i].begins)) == 0)
			return kinds[i].kind;
	return NULL;
}

/* A wrong separator leaves whole lines in one column: nothing would be imported. */
static const char *doubt_of(struct arena *arena, const struct gathered *gathered, char separator) {
	int looked = MIN(gathered->count, IMPORT_LOOKED_AT + 1);
	for (int i = 0; i < looked; i++) {
		const char *line = gathered->sample[i].items[0];
		const char *other = strpbrk(line, SEPARATORS);
		if (gathered->sample[i].count == 1 && other && strchr(line, '@'))
			return arena_print(arena,
			                   "Only one column was found with the %s as separator, but lines with addresses have a "
			                   "%s. Choose the %s.",
			                   separator_name(separator), separator_name(*other), separator_name(*other));
	}
	return NULL;
}

static bool choose_separator(struct layout *layout, const char *text, char chosen, int *line, struct error *err) {
	char told = separator_line(text, line);
	char guessed = told ? told : best_separator(text);
	if (chosen && !strchr(SEPARATORS, chosen))
		return error_field(err, "separator", "Choose comma, semicolon, tab or bar.");
	layout->format.separator = chosen ? chosen : guessed ? guessed : ',';
	layout->why = chosen    ? SEPARATOR_BY_HAND
	              : told    ? SEPARATOR_BY_LINE
	              : guessed ? SEPARATOR_BY_COUNT
	                        : SEPARATOR_ONE_COLUMN;
	return true;
}

static void take_sample(struct layout *layout, struct gathered *gathered) {
	int skipped = layout->header.is_there;
	layout->sample = gathered->sample + skipped;
	layout->sample_count = MIN(gathered->count - skipped, IMPORT_LOOKED_AT);
	layout->first = skipped ? gathered->first.next : layout->begin;
}

bool layout_read(struct arena *arena, const char *bytes, size_t size, bool whole, const struct layout_choice *choice,
                 struct layout *layout, struct error *err) {
	struct gathered gathered;
	const char *foreign = foreign_kind(bytes, size);
	int line = 0;
	if (foreign)
		return error_field(err, "file", "This is %s, not a CSV file. Save it as CSV and choose that", foreign);
	*layout = (struct layout){ .charset = charset_guess(bytes, size, whole), .begin = rows_beginning };
	layout->format.charset = text_is_empty(choice->charset) ? layout->charset.name : arena_copy(arena, choice->charset);
	struct charset *charset = charset_open(arena, layout->format.charset, err);
	if (!charset)
		return false;
	const char *text = charset_text(arena, charset, bytes, size);
	if (!choose_separator(layout, text, choice->separator, &line, err))
		return false;
	if (line)
		layout->begin = (struct rows_place){ offset_after(charset, bytes, size, line), 1, 2 };
	if (!gather_rows(arena, bytes, size, whole, layout, &gathered, err) ||
	    !header_read(arena, &gathered.first.cells, gathered.first.count, choice->header, &layout->header, err))
		return false;
	layout->format.columns = gathered.first.count;
	layout->format.least = header_named(&layout->header.names);
	layout->doubt = gathered.first.count == 1 ? doubt_of(arena, &gathered, layout->format.separator) : NULL;
	take_sample(layout, &gathered);
	return whole || layout->sample_count > 0 || error_field(err, "file", ENDLESS);
}
