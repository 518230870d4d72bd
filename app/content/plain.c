/* HTML as plain text: what each element is. */
#include "content/plain.h"

#include <glib.h>
#include <string.h>

#include "content/link.h"
#include "content/link_text.h"
#include "content/markup.h"
#include "content/plain_lines.h"
#include "content/reference.h"
#include "content/tag.h"
#include "core/base/text.h"

enum { LISTS_MAX = 10, BULLET_INDENT = 2, NUMBER_INDENT = 3 };

struct plain {
	struct arena *arena;
	bool tags;
	struct lines lines;
	struct numbering {
		bool numbered;
		int number;
	} lists[LISTS_MAX];
	int list_count, pre, conditional;
	char hidden[MARKUP_NAME_MAX]; /* the element that is left out with its content; "": none */
	int hidden_depth;
	struct span {
		const char *from, *to;
	} href, alt;      /* of the tag that is being read */
	bool hides;       /* it is hidden */
	const char *link; /* the address of the link that is open; NULL: none */
	struct buf link_text;
};

enum element_kind {
	ELEMENT_BLOCK,
	ELEMENT_PARAGRAPH,
	ELEMENT_HEADING,
	ELEMENT_LIST,
	ELEMENT_ITEM,
	ELEMENT_CELL,
	ELEMENT_QUOTE,
	ELEMENT_PRE,
	ELEMENT_LINK,
	ELEMENT_IMAGE,
	ELEMENT_BREAK,
	ELEMENT_RULE,
	ELEMENT_UNSEEN,
	ELEMENT_INLINE
};

static enum element_kind kind_of(const char *element) {
	static const struct {
		enum element_kind kind;
		const char *elements;
	} rows[] = {
		{ ELEMENT_BLOCK, " address article aside body caption center dd details div dt fieldset figcaption figure "
		                 "footer form header html "
		                 "legend main nav option section summary table tbody tfoot thead tr " },
		{ ELEMENT_PARAGRAPH, " dl h3 h4 h5 h6 p " },
		{ ELEMENT_HEADING, " h1 h2 " },
		{ ELEMENT_LIST, " menu ol ul " },
		{ ELEMENT_ITEM, " li " },
		{ ELEMENT_CELL, " td th " },
		{ ELEMENT_QUOTE, " blockquote " },
		{ ELEMENT_PRE, " pre " },
		{ ELEMENT_LINK, " a area " },
		{ ELEMENT_IMAGE, " img " },
		{ ELEMENT_BREAK, " br " },
		{ ELEMENT_RULE, " hr " },
		{ ELEMENT_UNSEEN, " head title template textarea " },
	};
	char wanted[MARKUP_NAME_MAX + 2];
	(void)g_snprintf(wanted, sizeof wanted, " %s ", element);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strstr(rows[i].elements, wanted))
			return rows[i].kind;
	return ELEMENT_INLINE;
}

static bool is_left_out(const struct plain *plain, const struct markup *markup) {
	return *plain->hidden || markup->for_outlook;
}

/* How a character is written: some are not seen, and U+00A0 is a space at which no line ends. In a source, a brace is
 * quoted, so that it begins no tag. */
static void add_character(struct plain *plain, const char *at, size_t size) {
	gunichar c = g_utf8_get_char(at);
	if (c == 0xAD || c == 0x34F || c == 0x200B || c == 0x2060 || c == 0xFEFF)
		return;
	if (plain->link)
		buf_add(&plain->link_text, at, size);
	if (*at == '{' && plain->tags)
		lines_add(&plain->lines, "{{\"{\"}}", 7, 1);
	else if (c == 0xA0)
		lines_add(&plain->lines, " ", 1, 1);
	else
		lines_add(&plain->lines, at, size, !g_unichar_ismark(c));
}

static void add_blank(struct plain *plain, char c) {
	if (plain->pre && c == '\n')
		lines_break_more(&plain->lines);
	else if (plain->pre)
		lines_add(&plain->lines, " ", 1, 1);
	else
		lines_separate(&plain->lines, " ");
}

static void add_text(struct plain *plain, const char *text) {
	while (*text) {
		const char *next = g_utf8_next_char(text);
		if (g_ascii_isspace(*text) || g_ascii_iscntrl(*text))
			add_blank(plain, *text);
		else
			add_character(plain, text, (size_t)(next - text));
		text = next;
	}
}

static void on_text(void *context, const struct markup *markup, const char *from, const char *to) {
	struct plain *plain = context;
	BUF_AUTO text = { 0 };
	if (is_left_out(plain, markup) || markup->place.state == MARKUP_TITLE)
		return;
	references_decode(&text, from, to, false);
	add_text(plain, buf_text(&text));
}

static void on_named(void *context, const struct markup *markup) {
	struct plain *plain = context;
	plain->hides = plain->hides || strcmp(markup->place.attribute, "hidden") == 0;
}

/* Without blanks, in small letters. */
static bool says(const struct span *span, const char *what) {
	BUF_AUTO tight = { 0 };
	for (const char *at = span->from; at < span->to; at++)
		if (!g_ascii_isspace(*at))
			buf_char(&tight, g_ascii_tolower(*at));
	return strstr(buf_text(&tight), what);
}

static void on_value(void *context, const struct markup *markup, const char *from, const char *to) {
	struct plain *plain = context;
	const char *attribute = markup->place.attribute;
	struct span value = { from, to };
	if (strcmp(attribute, "href") == 0)
		plain->href = value;
	else if (strcmp(attribute, "alt") == 0)
		plain->alt = value;
	else if (strcmp(attribute, "style") == 0)
		plain->hides = plain->hides || says(&value, "display:none") || says(&value, "visibility:hidden");
	else if (strcmp(attribute, "class") == 0)
		plain->hides = plain->hides || says(&value, "preheader");
}

static const char *source_text(const struct plain *plain, const struct span *span) {
	return span->from ? link_target(span->from, span->to, plain->tags ? SOURCE_HTML : SOURCE_NONE, plain->arena) : "";
}

/* A text that is a source when ours is: its tags are not touched. */
static void add_source(struct plain *plain, const char *text) {
	lines_add(&plain->lines, text, strlen(text), (int)text_length(text));
}

static int indent_of(const struct plain *plain, int list) {
	return plain->lists[list].numbered ? NUMBER_INDENT : BULLET_INDENT;
}

/* Lists that are deeper than LISTS_MAX are not indented further. */
static void open_list(struct plain *plain, bool numbered) {
	lines_break(&plain->lines, plain->list_count ? 1 : 2);
	if (plain->list_count < LISTS_MAX) {
		plain->lists[plain->list_count] = (struct numbering){ numbered, 0 };
		plain->lines.indent += indent_of(plain, plain->list_count);
	}
	plain->list_count++;
}

static void close_list(struct plain *plain) {
	if (!plain->list_count)
		return;
	plain->list_count--;
	if (plain->list_count < LISTS_MAX)
		plain->lines.indent -= indent_of(plain, plain->list_count);
	lines_break(&plain->lines, plain->list_count ? 1 : 2);
}

static void open_item(struct plain *plain) {
	int depth = plain->list_count < LISTS_MAX ? plain->list_count : LISTS_MAX;
	struct numbering *list = depth ? &plain->lists[depth - 1] : NULL;
	bool numbered = list && list->numbered;
	lines_mark(&plain->lines, numbered ? arena_print(plain->arena, "%d. ", ++list->number) : "- ",
	           depth ? indent_of(plain, depth - 1) : 0);
}

static void open_link(struct plain *plain) {
	plain->link = arena_copy(plain->arena, source_text(plain, &plain->href));
	buf_reset(&plain->link_text);
}

/* Does the text already say where the link leads? */
static bool is_said(const char *link, const char *text) {
	static const char *const prefixes[] = { "", "https://", "http://", "mailto:", "tel:", "https://www." };
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		size_t size = strlen(prefixes[i]), length = strlen(text);
		if (g_ascii_strncasecmp(link, prefixes[i], size) == 0 && strncmp(link + size, text, length) == 0 &&
		    (!link[size + length] || strcmp(link + size + length, "/") == 0))
			return true;
	}
	return false;
}

static void close_link(struct plain *plain) {
	const char *link = plain->link, *text = buf_text(&plain->link_text);
	enum link_kind kind = link ? link_kind_of(link) : LINK_EMPTY;
	plain->link = NULL;
	if (kind == LINK_EMPTY || kind == LINK_ANCHOR || kind == LINK_INLINE || kind == LINK_UNSAFE ||
	    kind == LINK_RELATIVE || is_said(link, text))
		return;
	if (*text) {
		lines_separate(&plain->lines, " ");
		lines_add(&plain->lines, "(", 1, 1);
	}
	add_source(plain, link);
	if (*text)
		lines_add(&plain->lines, ")", 1, 1);
}

static void hide(struct plain *plain, const char *element) {
	static const char alone[] = " area base br col embed hr img input link meta source track wbr ";
	if (strstr(alone, arena_print(plain->arena, " %s ", element)))
		return;
	(void)g_strlcpy(plain->hidden, element, sizeof plain->hidden);
	plain->hidden_depth = 1;
}

static void open_block(struct plain *plain, enum element_kind kind, const char *element) {
	bool paragraph = kind == ELEMENT_PARAGRAPH || kind == ELEMENT_HEADING || kind == ELEMENT_QUOTE ||
	                 kind == ELEMENT_PRE || kind == ELEMENT_RULE;
	if (paragraph || kind == ELEMENT_BLOCK)
		lines_break(&plain->lines, paragraph ? 2 : 1);
	if (kind == ELEMENT_LIST)
		open_list(plain, strcmp(element, "ol") == 0);
	else if (kind == ELEMENT_ITEM)
		open_item(plain);
	else if (kind == ELEMENT_QUOTE)
		plain->lines.quotes++;
	else if (kind == ELEMENT_PRE)
		plain->pre++;
	else if (kind == ELEMENT_BREAK)
		lines_break_more(&plain->lines);
	else if (kind == ELEMENT_CELL)
		lines_separate(&plain->lines, " | ");
}

static void open_element(struct plain *plain, enum element_kind kind, const char *element) {
	open_block(plain, kind, element);
	if (kind == ELEMENT_LINK && strcmp(element, "a") == 0)
		open_link(plain);
	if (kind == ELEMENT_IMAGE && plain->alt.from) {
		const char *alt = source_text(plain, &plain->alt);
		if (plain->link)
			buf_text_add(&plain->link_text, alt);
		add_source(plain, alt);
	}
	if (kind == ELEMENT_RULE) {
		add_text(plain, "----------");
		lines_break(&plain->lines, 2);
	}
}

static void on_opened(void *context, const struct markup *markup, const char *after) {
	struct plain *plain = context;
	const char *element = markup->place.element;
	enum element_kind kind = kind_of(element);
	(void)after;
	if (*plain->hidden)
		plain->hidden_depth += strcmp(plain->hidden, element) == 0;
	else if (!markup->for_outlook && (plain->hides || kind == ELEMENT_UNSEEN))
		hide(plain, element);
	else if (!markup->for_outlook)
		open_element(plain, kind, element);
	plain->href = plain->alt = (struct span){ NULL, NULL };
	plain->hides = false;
}

static void close_element(struct plain *plain, enum element_kind kind, const char *element) {
	bool paragraph = kind == ELEMENT_PARAGRAPH || kind == ELEMENT_HEADING || kind == ELEMENT_QUOTE ||
	                 kind == ELEMENT_PRE;
	if (kind == ELEMENT_HEADING)
		lines_underline(&plain->lines, strcmp(element, "h1") == 0 ? '=' : '-');
	if (kind == ELEMENT_LINK)
		close_link(plain);
	if (kind == ELEMENT_LIST)
		close_list(plain);
	if (paragraph || kind == ELEMENT_BLOCK || kind == ELEMENT_ITEM)
		lines_break(&plain->lines, paragraph ? 2 : 1);
	if (kind == ELEMENT_QUOTE && plain->lines.quotes)
		plain->lines.quotes--;
	if (kind == ELEMENT_PRE && plain->pre)
		plain->pre--;
}

static void on_closed(void *context, const struct markup *markup, const char *after) {
	struct plain *plain = context;
	const char *element = markup->place.element;
	(void)after;
	plain->href = plain->alt = (struct span){ NULL, NULL };
	plain->hides = false;
	if (*plain->hidden) {
		plain->hidden_depth -= strcmp(plain->hidden, element) == 0;
		if (!plain->hidden_depth)
			*plain->hidden = '\0';
		return;
	}
	if (!markup->for_outlook)
		close_element(plain, kind_of(element), element);
}

/* A tag stays one: a field is seen where it stands, and a condition must not lose its other half. */
static void add_tag(struct plain *plain, struct markup *markup, const struct tag *tag) {
	const char *text = link_target(markup->source + tag->from, markup->source + tag->to, SOURCE_HTML, plain->arena);
	bool seen = markup->place.state == MARKUP_TEXT && !is_left_out(plain, markup);
	if (tag->kind == TAG_CONDITION) {
		markup_split(markup, tag->from);
		if (markup->place.state == MARKUP_TEXT)
			lines_add(&plain->lines, text, strlen(text), 0);
	} else if (seen) {
		if (plain->link)
			buf_text_add(&plain->link_text, text);
		add_source(plain, text);
	}
}

const char *content_plain(const char *html, size_t size, bool tags, struct arena *arena) {
	static const struct markup_events events = {
		.text = on_text, .opened = on_opened, .closed = on_closed, .named = on_named, .value = on_value
	};
	g_autofree char *valid = text_is_utf8(html, size) ? NULL : g_utf8_make_valid(html, (gssize)size);
	struct plain plain = { .arena = arena, .tags = tags };
	struct markup markup;
	struct flaws ignored;
	flaws_begin(&ignored, arena);
	html = valid ? valid : html;
	size = valid ? strlen(valid) : size;
	lines_begin(&plain.lines);
	markup_begin(&markup, html, &events, &plain, &ignored);
	for (size_t from = 0; from < size;) {
		struct tag tag = { .from = size, .to = size };
		bool found = tags && tag_find(html, size, from, SOURCE_HTML, &tag, &ignored);
		markup_read(&markup, html + from, html + tag.from);
		if (found)
			add_tag(&plain, &markup, &tag);
		from = tag.to;
	}
	lines_end(&plain.lines);
	const char *text = arena_copy(arena, buf_text(&plain.lines.out));
	lines_finish(&plain.lines);
	buf_finish(&plain.link_text);
	return text;
}
