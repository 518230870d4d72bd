/* Lines of plain text, word by word; private to the room. */
#ifndef CONTENT_PLAIN_LINES_H
#define CONTENT_PLAIN_LINES_H

#include "core/base/buf.h"

struct lines {
	struct buf out, word;
	int width, column;     /* in characters that are seen: of the word, of the line before it */
	int breaks;            /* line ends that stand before the next word */
	int blank;             /* line ends before the present line, while nothing is seen on it */
	bool seen;             /* something is, on the present line */
	const char *separator; /* before the next word on the same line; NULL: none */
	int quotes, indent;
};

void lines_begin(struct lines *lines);
void lines_end(struct lines *lines); /* the last word; the text ends with one line end, or is empty */
void lines_finish(struct lines *lines);

/* A part of a word; `width` is how many characters of it are seen. */
void lines_add(struct lines *lines, const char *bytes, size_t size, int width);

void lines_separate(struct lines *lines, const char *separator);

/* At least so many line ends follow. */
void lines_break(struct lines *lines, int count);

/* A line end more, but no second blank line. */
void lines_break_more(struct lines *lines);

/* Begins a line with a mark (ASCII), so far to the left of the indent. */
void lines_mark(struct lines *lines, const char *mark, int back);

/* Underlines the present line. */
void lines_underline(struct lines *lines, char with);

#endif
