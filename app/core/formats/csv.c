/* CSV writing. */
#include "core/formats/csv.h"

#include <glib.h>
#include <string.h>

/* Full-width and small ones too, because spreadsheets read those alike ("CSV Injection", OWASP). */
static bool begins_formula(const char *text) {
	static const char *const signs[] = { "=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫" };
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (text_starts(text, signs[i]))
			return true;
	return false;
}

/* Letters and symbols that have no ink: Hangul fillers and the empty Braille pattern. */
static bool is_blank(gunichar c) {
	return c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 || c == 0x2800;
}

/* A control character, a space or a character that is not seen: a reader may drop it, and so uncover a formula. */
static bool is_unseen(gunichar c) {
	return c && (c <= ' ' || g_unichar_isspace(c) || g_unichar_iszerowidth(c) || !g_unichar_isdefined(c) ||
	             is_blank(c) || g_unichar_type(c) == G_UNICODE_FORMAT || g_unichar_type(c) == G_UNICODE_LINE_SEPARATOR);
}

static const char *skip_unseen(const char *text) {
	while (is_unseen(g_utf8_get_char(text)))
		text = g_utf8_next_char(text);
	return text;
}

/* Apostrophes that are there already do not count, so one more is always the one to take off again. */
static bool is_formula(const char *text) {
	text += strspn(text, "'");
	return (*text && strchr("\t\r\n", *text)) || begins_formula(skip_unseen(text));
}

/* Readers of many countries split at semicolons or tabs, whatever the quotes say inside a line that has commas; then a
 * line break within the quotes begins a row, too. */
static bool splits_before_formula(const char *text) {
	if (!*text || !strchr(";\t\r\n", *text))
		return false;
	text += 1 + strspn(text + 1, "'");
	return begins_formula(skip_unseen(text + strspn(text, "\"")));
}

static void write_quoted(struct buf *out, const char *text) {
	buf_text_add(out, is_formula(text) ? "\"'" : "\"");
	for (; *text; text++) {
		if (*text == '"')
			buf_char(out, '"');
		buf_char(out, *text);
		if (splits_before_formula(text))
			buf_char(out, '\'');
	}
	buf_char(out, '"');
}

static void write_cell(struct buf *out, const char *text) {
	if (is_formula(text) || strpbrk(text, ",;\"\t\r\n") || *text == ' ')
		write_quoted(out, text);
	else
		buf_text_add(out, text);
}

void csv_cell(struct buf *out, const char *text, bool first) {
	if (!first)
		buf_char(out, ',');
	if (!text)
		return;
	if (text_is_drawable(text)) {
		write_cell(out, text);
		return;
	}
	ARENA_AUTO arena = arena_new();
	write_cell(out, text_drawable(arena, text));
}

/* From the end, because whether an apostrophe was put depends on the text behind it as it was. */
size_t csv_unguard(char *text) {
	size_t size = strlen(text);
	if (!strchr(text, '\''))
		return size;
	for (size_t i = size; i-- > 0;)
		if (text[i + 1] == '\'' && splits_before_formula(text + i))
			memmove(text + i + 1, text + i + 2, size-- - i - 1);
	if (*text == '\'' && is_formula(text))
		memmove(text, text + 1, size--);
	return size;
}

static bool is_number(const char *text) {
	text += *text == '-';
	size_t whole = strspn(text, "0123456789");
	const char *rest = text + whole;
	if (*rest == '.' && strspn(rest + 1, "0123456789") > 0)
		rest += 1 + strspn(rest + 1, "0123456789");
	return whole > 0 && !*rest;
}

void csv_number(struct buf *out, const char *number, bool first) {
	if (!number || !is_number(number)) {
		csv_cell(out, number, first);
		return;
	}
	buf_print(out, "%s%s", first ? "" : ",", number);
}

/* A semicolon that csv_cell would follow with an apostrophe is escaped instead. */
static void add_item(struct buf *json, const char *text) {
	buf_char(json, '"');
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || splits_before_formula(text)) {
			buf_print(json, "\\u%04x", (unsigned)(unsigned char)*text);
			continue;
		}
		if (*text == '"' || *text == '\\')
			buf_char(json, '\\');
		buf_char(json, *text);
	}
	buf_char(json, '"');
}

void csv_list(struct buf *out, const struct strings *items, bool first) {
	BUF_AUTO json = { 0 };
	for (int i = 0; i < items->count; i++) {
		buf_char(&json, i ? ',' : '[');
		add_item(&json, items->items[i]);
	}
	if (items->count)
		buf_char(&json, ']');
	csv_cell(out, items->count ? buf_text(&json) : NULL, first);
}

void csv_end(struct buf *out) {
	buf_text_add(out, "\r\n");
}
