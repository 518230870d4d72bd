/* CSV writing. */
#include "core/formats/csv.h"

#include <string.h>

#include "core/base/text.h"

/* Full-width too, because spreadsheets read those alike ("CSV Injection", OWASP). */
static bool begins_formula(const char *text) {
	static const char *const signs[] = { "=", "+", "-", "@", "＝", "＋", "－", "＠" };
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (text_starts(text, signs[i]))
			return true;
	return false;
}

/* The bytes of a control character, a space or a character that is not seen: a reader may drop it, and so uncover a
 * formula. Else 0. */
static size_t unseen_at(const char *text) {
	static const char *const wide[] = { "\xc2\xa0",     "\xe3\x80\x80", "\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d",
		                                "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x81\xa0", "\xef\xbb\xbf" };
	if ((unsigned char)*text < 0x80)
		return *text && *text <= ' ';
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (text_starts(text, wide[i]))
			return strlen(wide[i]);
	return 0;
}

static const char *skip_unseen(const char *text) {
	for (size_t size; (size = unseen_at(text));)
		text += size;
	return text;
}

static bool is_formula(const char *text) {
	return (*text && strchr("\t\r\n", *text)) || begins_formula(skip_unseen(text));
}

static void write_cell(struct buf *out, const char *text) {
	bool formula = is_formula(text);
	bool quote = formula || strpbrk(text, ",\"\r\n") || *text == ' ';
	if (!quote) {
		buf_text_add(out, text);
		return;
	}
	buf_text_add(out, formula ? "\"'" : "\"");
	for (; *text; text++) {
		if (*text == '"')
			buf_char(out, '"');
		buf_char(out, *text);
	}
	buf_char(out, '"');
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

void csv_end(struct buf *out) {
	buf_text_add(out, "\r\n");
}
