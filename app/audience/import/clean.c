/* The text of a cell without what nobody sees or means. */
#include "audience/import/clean.h"

#include <glib.h>
#include <string.h>

#include "audience/import/limits.h"
#include "core/base/buf.h"

static bool is_outer(gunichar c) {
	return g_unichar_isspace(c) || g_unichar_iszerowidth(c) || c == 0xa0 || c == 0x2007 || c == 0x202f || c == 0x2060 ||
	       c == 0xfeff || (c >= 0x200b && c <= 0x200f);
}

static const char *outer_trim(struct arena *arena, const char *text) {
	const char *end = text + strlen(text);
	while (*text && is_outer(g_utf8_get_char(text)))
		text = g_utf8_next_char(text);
	while (end > text) {
		const char *last = g_utf8_prev_char(end);
		gunichar c = g_utf8_get_char(last);
		if (!is_outer(c) || g_unichar_ismark(c)) /* an accent belongs to its letter */
			break;
		end = last;
	}
	return arena_copy_bytes(arena, text, (size_t)(end - text));
}

static bool is_ascii(const char *text) {
	while (*text > 0)
		text++;
	return !*text;
}

const char *clean_text(struct arena *arena, const char *text) {
	text = outer_trim(arena, text);
	if (is_ascii(text))
		return text;
	g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_NFC);
	return composed ? arena_copy(arena, composed) : text;
}

const char *clean_key(struct arena *arena, const char *text) {
	g_autofree char *folded = g_utf8_casefold(text, -1);
	g_autofree char *parted = g_utf8_normalize(folded, -1, G_NORMALIZE_NFKD);
	BUF_AUTO key = { 0 };
	for (const char *at = parted ? parted : ""; *at; at = g_utf8_next_char(at))
		if (g_unichar_isalnum(g_utf8_get_char(at)))
			buf_add(&key, at, (size_t)(g_utf8_next_char(at) - at));
	return arena_copy(arena, buf_text(&key));
}

const char *clean_short(struct arena *arena, const char *text) {
	bool is_long = g_utf8_strlen(text, -1) > IMPORT_SHOWN;
	const char *end = is_long ? g_utf8_offset_to_pointer(text, IMPORT_SHOWN - 1) : text + strlen(text);
	char *shown = arena_print(arena, "%.*s%s", (int)(end - text), text, is_long ? "…" : "");
	for (char *at = shown; *at; at++)
		if (*at == '\n' || *at == '\r' || *at == '\t')
			*at = ' ';
	return shown;
}

bool clean_is_scientific(const char *text) {
	size_t whole = strspn(text, "0123456789");
	if (!whole || whole > 3)
		return false;
	text += whole;
	if (*text == '.' || *text == ',')
		text += 1 + strspn(text + 1, "0123456789");
	return (*text == 'E' || *text == 'e') && text[1] == '+' && text[2] &&
	       strspn(text + 2, "0123456789") == strlen(text + 2);
}
