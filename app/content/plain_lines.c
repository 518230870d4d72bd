/* Lines of plain text. */
#include "content/plain_lines.h"

#include <string.h>

#include "content/plain.h"

enum { BLANK_ALREADY = 9, UNDERLINE_MAX = 60 };

void lines_begin(struct lines *lines) {
	*lines = (struct lines){ .blank = BLANK_ALREADY };
}

void lines_finish(struct lines *lines) {
	buf_finish(&lines->out);
	buf_finish(&lines->word);
}

static void begin_line(struct lines *lines, int indent) {
	for (int i = 0; i < lines->quotes; i++)
		buf_text_add(&lines->out, "> ");
	for (int i = 0; i < indent; i++)
		buf_char(&lines->out, ' ');
	lines->column = 2 * lines->quotes + indent;
	lines->seen = false;
}

static void end_lines(struct lines *lines, int count) {
	while (lines->out.size && lines->out.bytes[lines->out.size - 1] == ' ')
		lines->out.bytes[--lines->out.size] = '\0';
	for (int i = 0; i < count; i++) {
		for (int q = 0; i > 0 && q < lines->quotes; q++)
			buf_char(&lines->out, '>');
		buf_char(&lines->out, '\n');
	}
	lines->blank = count;
}

static void separate(struct lines *lines) {
	int width = lines->separator ? (int)strlen(lines->separator) : 0;
	if (!width || !lines->seen)
		return;
	if (lines->column + width + lines->width > PLAIN_COLUMNS) {
		end_lines(lines, 1);
		begin_line(lines, lines->indent);
		return;
	}
	buf_text_add(&lines->out, lines->separator);
	lines->column += width;
}

/* No-break spaces alone: what keeps a cell of a layout open. */
static bool is_filler(const struct lines *lines) {
	bool begins_line = lines->breaks || !lines->seen;
	return begins_line && lines->word.size && strspn(buf_text(&lines->word), " ") == lines->word.size;
}

static void end_word(struct lines *lines) {
	if (is_filler(lines)) {
		lines->width = 0;
		buf_reset(&lines->word);
	}
	if (!lines->word.size)
		return;
	if (lines->breaks) {
		end_lines(lines, lines->breaks);
		begin_line(lines, lines->indent);
	} else if (!lines->out.size) {
		begin_line(lines, lines->indent);
	} else {
		separate(lines);
	}
	buf_add(&lines->out, lines->word.bytes, lines->word.size);
	lines->column += lines->width;
	lines->seen = lines->seen || lines->width;
	lines->breaks = lines->width = 0;
	lines->separator = NULL;
	buf_reset(&lines->word);
}

void lines_add(struct lines *lines, const char *bytes, size_t size, int width) {
	buf_add(&lines->word, bytes, size);
	lines->width += width;
}

void lines_separate(struct lines *lines, const char *separator) {
	end_word(lines);
	if (!lines->separator || lines->separator[1] == '\0')
		lines->separator = separator;
}

void lines_break(struct lines *lines, int count) {
	end_word(lines);
	lines->separator = NULL;
	int there = lines->seen || lines->breaks ? 0 : lines->blank;
	if (count - there > lines->breaks)
		lines->breaks = count - there;
}

void lines_break_more(struct lines *lines) {
	end_word(lines);
	lines->separator = NULL;
	int there = lines->breaks + (lines->seen ? 0 : lines->blank);
	lines->breaks += there < 2;
}

void lines_mark(struct lines *lines, const char *mark, int back) {
	lines_break(lines, 1);
	if (lines->breaks)
		end_lines(lines, lines->breaks);
	if (lines->breaks || !lines->out.size)
		begin_line(lines, lines->indent - back);
	buf_text_add(&lines->out, mark);
	lines->column += (int)strlen(mark);
	lines->breaks = 0;
	lines->blank = BLANK_ALREADY; /* what follows the mark begins on its line */
}

void lines_underline(struct lines *lines, char with) {
	end_word(lines);
	int width = lines->column < UNDERLINE_MAX ? lines->column : UNDERLINE_MAX;
	if (!lines->seen)
		return;
	buf_char(&lines->out, '\n');
	begin_line(lines, lines->indent);
	for (int i = lines->column; i < width; i++)
		buf_char(&lines->out, with);
	lines->seen = true;
}

void lines_end(struct lines *lines) {
	end_word(lines);
	while (lines->out.size &&
	       (lines->out.bytes[lines->out.size - 1] == ' ' || lines->out.bytes[lines->out.size - 1] == '\n'))
		lines->out.size--;
	if (lines->out.size)
		buf_char(&lines->out, '\n');
}
