/* Paragraphs as HTML. */
#include "content/blocks/prose.h"

#include <string.h>

#include "core/formats/url.h"

enum { DEPTH = 3 };

struct writer {
	const struct prose_style *style;
	struct buf *out; /* NULL: links are only told */
	void (*link)(void *context, const char *address, size_t size);
	void *context;
};

/* Where the tag that begins at `at` ends; `at` if none begins there. */
static const char *after_tag(const char *at, const char *end) {
	if (end - at < 4 || at[0] != '{' || (at[1] != '{' && at[1] != '%'))
		return at;
	char close = at[1] == '{' ? '}' : '%';
	for (const char *to = at + 2; to + 1 < end; to++)
		if (to[0] == close && to[1] == '}')
			return to + 2;
	return at;
}

static void escape(struct buf *out, const char *from, const char *to) {
	for (; out && from < to; from++) {
		const char one[] = { *from, 0 };
		html_escape(out, one);
	}
}

/* The next place of `mark` that is no part of a tag; NULL if none comes before a condition's tag. */
static const char *find(const char *at, const char *end, const char *mark) {
	size_t size = strlen(mark);
	while (at + size <= end) {
		const char *after = after_tag(at, end);
		if (after > at && at[1] == '%')
			return NULL;
		if (after > at)
			at = after;
		else if (memcmp(at, mark, size) == 0)
			return at;
		else
			at++;
	}
	return NULL;
}

static void write_inline(const struct writer *writer, const char *at, const char *end, int depth);

static bool is_space(char c) {
	return c == ' ' || c == '\t' || c == '\n';
}

/* "**bold**" or "*italic*" that begins at `at`; returns where it ends, `at` if it is none. */
static const char *write_marked(const struct writer *writer, const char *at, const char *end, int depth) {
	bool bold = end - at > 2 && at[1] == '*';
	const char *from = at + (bold ? 2 : 1), *to;
	if (*at != '*' || from >= end || is_space(*from) || *from == '*')
		return at;
	to = find(from, end, bold ? "**" : "*");
	if (!to || to == from || is_space(to[-1]))
		return at;
	if (writer->out)
		buf_text_add(writer->out, bold ? "<strong>" : "<em>");
	write_inline(writer, from, to, depth + 1);
	if (writer->out)
		buf_text_add(writer->out, bold ? "</strong>" : "</em>");
	return to + (bold ? 2 : 1);
}

/* "[text](address)" that begins at `at`. */
static const char *write_link(const struct writer *writer, const char *at, const char *end, int depth) {
	const char *middle = *at == '[' ? find(at + 1, end, "](") : NULL;
	const char *to = middle ? find(middle + 2, end, ")") : NULL;
	if (!to || middle == at + 1 || to == middle + 2)
		return at;
	for (const char *one = middle + 2; one < to; one++) {
		const char *after = after_tag(one, to);
		if (after == one && is_space(*one))
			return at;
		one = after > one ? after - 1 : one;
	}
	if (writer->link)
		writer->link(writer->context, middle + 2, (size_t)(to - middle - 2));
	if (writer->out) {
		buf_text_add(writer->out, "<a class=\"l\" href=\"");
		escape(writer->out, middle + 2, to);
		buf_print(writer->out, "\" style=\"%s\">", writer->style->link);
	}
	write_inline(writer, at + 1, middle, depth + 1);
	if (writer->out)
		buf_text_add(writer->out, "</a>");
	return to + 1;
}

static void write_inline(const struct writer *writer, const char *at, const char *end, int depth) {
	while (at < end) {
		const char *after = after_tag(at, end);
		if (after > at)
			escape(writer->out, at, after);
		else if (depth < DEPTH && *at == '*')
			after = write_marked(writer, at, end, depth);
		else if (depth == 0 && *at == '[')
			after = write_link(writer, at, end, depth);
		if (after == at) {
			if (*at == '\n' && writer->out)
				buf_text_add(writer->out, "<br>");
			else
				escape(writer->out, at, at + 1);
			after = at + 1;
		}
		at = after;
	}
}

struct line {
	const char *from, *to, *next;
	enum line_kind { LINE_EMPTY, LINE_TAG, LINE_DOT, LINE_NUMBER, LINE_WORDS } kind;
	int mark; /* bytes before the text of a list's line */
};

/* Only conditions' tags, and spaces between them. */
static bool is_tags(const char *from, const char *to) {
	while (from < to) {
		const char *after = after_tag(from, to);
		if (after == from ? !is_space(*from) : from[1] != '%')
			return false;
		from = after == from ? from + 1 : after;
	}
	return true;
}

/* A tag may hold line ends: the line goes on behind it. */
static const char *end_of_line(const char *at) {
	const char *end = at + strlen(at);
	while (at < end && *at != '\n') {
		const char *after = after_tag(at, end);
		at = after > at ? after : at + 1;
	}
	return at;
}

static struct line read_line(const char *at) {
	struct line line = { .from = at, .to = end_of_line(at), .kind = LINE_WORDS };
	line.next = *line.to ? line.to + 1 : line.to;
	while (line.to > line.from && (is_space(line.to[-1]) || line.to[-1] == '\r'))
		line.to--;
	while (line.from < line.to && is_space(*line.from))
		line.from++;
	size_t digits = strspn(line.from, "0123456789");
	if (line.from == line.to)
		line.kind = LINE_EMPTY;
	else if (is_tags(line.from, line.to))
		line.kind = LINE_TAG;
	else if (line.to - line.from > 2 && (*line.from == '-' || *line.from == '*') && line.from[1] == ' ')
		line.kind = LINE_DOT, line.mark = 2;
	else if (digits > 0 && digits < 4 && line.from[digits] == '.' && line.from[digits + 1] == ' ')
		line.kind = LINE_NUMBER, line.mark = (int)digits + 2;
	return line;
}

static void put(const struct writer *writer, const char *format, const char *value) {
	if (writer->out)
		buf_print(writer->out, format, value);
}

static const char *list_names[] = { [LINE_DOT] = "ul", [LINE_NUMBER] = "ol" };

static void begin_part(const struct writer *writer, enum line_kind kind) {
	if (kind == LINE_WORDS) {
		put(writer, "<p style=\"%s\">", writer->style->paragraph);
	} else if (kind != LINE_EMPTY) {
		put(writer, "<%s", list_names[kind]);
		put(writer, " style=\"%s\">", writer->style->list);
	}
}

static void end_part(const struct writer *writer, enum line_kind kind) {
	if (kind == LINE_WORDS)
		put(writer, "</p>%s", "\n");
	else if (kind != LINE_EMPTY)
		put(writer, "</%s>\n", list_names[kind]);
}

static void write_prose(const struct writer *writer, const char *text) {
	enum line_kind open = LINE_EMPTY;
	while (*text) {
		struct line line = read_line(text);
		text = line.next;
		bool goes_on = line.kind == open && line.kind == LINE_WORDS;
		bool is_list = line.kind == LINE_DOT || line.kind == LINE_NUMBER;
		if (line.kind != open) {
			end_part(writer, open);
			open = line.kind == LINE_TAG ? LINE_EMPTY : line.kind;
			begin_part(writer, open);
		}
		put(writer, "%s", goes_on ? "<br>" : is_list ? "<li style=\"margin:0 0 4px\">" : "");
		write_inline(writer, line.from + line.mark, line.to, 0);
		put(writer, "%s", is_list ? "</li>" : "");
	}
	end_part(writer, open);
}

void prose_html(const char *text, const struct prose_style *style, struct buf *out) {
	const struct writer writer = { .style = style, .out = out };
	write_prose(&writer, text);
}

void prose_line(const char *text, struct buf *out) {
	const struct writer writer = { .out = out };
	write_inline(&writer, text, text + strlen(text), DEPTH);
}

void prose_links(const char *text, void (*link)(void *context, const char *address, size_t size), void *context) {
	const struct prose_style none = { "", "", "" };
	const struct writer writer = { .style = &none, .link = link, .context = context };
	write_prose(&writer, text);
}
