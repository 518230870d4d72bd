/* Paragraphs as HTML. */
#include "content/blocks/prose.h"

#include <string.h>

#include "core/formats/url.h"

enum { DEPTH = 3 };

/* Of the whole text, and its last ends of tags, so that an opening without one is not looked for up to the end, each
 * time. */
struct ends {
	const char *of_text, *of_value, *of_condition; /* NULL: there is none */
};

struct writer {
	const struct prose_style *style;
	struct buf *out; /* NULL: links are only told */
	void (*link)(void *context, const char *address, size_t size);
	void *context;
	struct ends ends;
};

/* What was found last in a line. From any place between `from` and `stop` it is the same. */
struct sought {
	const char *from, *stop, *found;
};

struct links {
	struct sought middle, end; /* "](" and ")" */
};

static struct ends ends_of(const char *text) {
	struct ends ends = { text, NULL, NULL };
	for (; *ends.of_text; ends.of_text++) {
		const char *at = ends.of_text;
		if (at[0] == '}' && at[1] == '}')
			ends.of_value = at;
		if (at[0] == '%' && at[1] == '}')
			ends.of_condition = at;
	}
	return ends;
}

/* Where the tag that begins at `at` ends; `at` if none begins there. */
static const char *after_tag(const struct ends *ends, const char *at, const char *end) {
	if (end - at < 4 || at[0] != '{' || (at[1] != '{' && at[1] != '%'))
		return at;
	const char *last = at[1] == '{' ? ends->of_value : ends->of_condition;
	char close = at[1] == '{' ? '}' : '%';
	if (!last || last < at + 2)
		return at;
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

static bool is_space(char c) {
	return c == ' ' || c == '\t' || c == '\n';
}

/* The next place of `mark` that is no part of a tag; found is NULL if none comes before a condition's tag or, if it is
 * of an address, before a space. */
static struct sought seek(const struct ends *ends, const char *at, const char *end, const char *mark, bool of_address) {
	struct sought sought = { at, at, NULL };
	size_t size = strlen(mark);
	for (; sought.stop + size <= end; sought.stop++) {
		const char *here = sought.stop, *after = after_tag(ends, here, end);
		if (after > here && here[1] == '%')
			return sought;
		if (after > here)
			sought.stop = after - 1;
		else if (of_address && is_space(*here))
			return sought;
		else if (memcmp(here, mark, size) == 0)
			return (struct sought){ at, here, here };
	}
	return sought;
}

static const char *find(const struct ends *ends, const char *at, const char *end, const char *mark) {
	return seek(ends, at, end, mark, false).found;
}

/* Somebody may write a hundred thousand brackets: what was found from an earlier one is not looked for again. */
static const char *find_once(const struct ends *ends, struct sought *before, const char *at, const char *end,
                             const char *mark, bool of_address) {
	if (!before->from || at < before->from || at > before->stop)
		*before = seek(ends, at, end, mark, of_address);
	return before->found;
}

static void write_inline(const struct writer *writer, const char *at, const char *end, int depth);

/* "**bold**" or "*italic*" that begins at `at`; returns where it ends, `at` if it is none. */
static const char *write_marked(const struct writer *writer, const char *at, const char *end, int depth) {
	bool bold = end - at > 2 && at[1] == '*';
	const char *from = at + (bold ? 2 : 1), *to;
	if (*at != '*' || from >= end || is_space(*from) || *from == '*')
		return at;
	to = find(&writer->ends, from, end, bold ? "**" : "*");
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
static const char *write_link(const struct writer *writer, struct links *links, const char *at, const char *end) {
	const struct ends *ends = &writer->ends;
	const char *middle = *at == '[' ? find_once(ends, &links->middle, at + 1, end, "](", false) : NULL;
	const char *to = middle ? find_once(ends, &links->end, middle + 2, end, ")", true) : NULL;
	if (!to || middle == at + 1 || to == middle + 2)
		return at;
	if (writer->link)
		writer->link(writer->context, middle + 2, (size_t)(to - middle - 2));
	if (writer->out) {
		buf_text_add(writer->out, "<a class=\"l\" href=\"");
		escape(writer->out, middle + 2, to);
		buf_print(writer->out, "\" style=\"%s\">", writer->style->link);
	}
	write_inline(writer, at + 1, middle, 1);
	if (writer->out)
		buf_text_add(writer->out, "</a>");
	return to + 1;
}

static void write_inline(const struct writer *writer, const char *at, const char *end, int depth) {
	struct links links = { 0 };
	while (at < end) {
		const char *after = after_tag(&writer->ends, at, end);
		if (after > at)
			escape(writer->out, at, after);
		else if (depth < DEPTH && *at == '*')
			after = write_marked(writer, at, end, depth);
		else if (depth == 0 && *at == '[')
			after = write_link(writer, &links, at, end);
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
static bool is_tags(const struct ends *ends, const char *from, const char *to) {
	while (from < to) {
		const char *after = after_tag(ends, from, to);
		if (after == from ? !is_space(*from) : from[1] != '%')
			return false;
		from = after == from ? from + 1 : after;
	}
	return true;
}

/* A tag may hold line ends: the line goes on behind it. */
static const char *end_of_line(const struct ends *ends, const char *at) {
	while (at < ends->of_text && *at != '\n') {
		const char *after = after_tag(ends, at, ends->of_text);
		at = after > at ? after : at + 1;
	}
	return at;
}

static struct line read_line(const struct ends *ends, const char *at) {
	struct line line = { .from = at, .to = end_of_line(ends, at), .kind = LINE_WORDS };
	line.next = *line.to ? line.to + 1 : line.to;
	while (line.to > line.from && (is_space(line.to[-1]) || line.to[-1] == '\r'))
		line.to--;
	while (line.from < line.to && is_space(*line.from))
		line.from++;
	size_t digits = strspn(line.from, "0123456789");
	if (line.from == line.to)
		line.kind = LINE_EMPTY;
	else if (is_tags(ends, line.from, line.to))
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
		struct line line = read_line(&writer->ends, text);
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
	const struct writer writer = { .style = style, .out = out, .ends = ends_of(text) };
	write_prose(&writer, text);
}

void prose_line(const char *text, struct buf *out) {
	const struct writer writer = { .out = out, .ends = ends_of(text) };
	write_inline(&writer, text, text + strlen(text), DEPTH);
}

void prose_links(const char *text, void (*link)(void *context, const char *address, size_t size), void *context) {
	const struct prose_style none = { "", "", "" };
	const struct writer writer = { .style = &none, .link = link, .context = context, .ends = ends_of(text) };
	write_prose(&writer, text);
}
