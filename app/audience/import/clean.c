/* The text of a cell without what nobody sees or means. */
#include "audience/import/clean.h"

#include <glib.h>
#include <string.h>

#include "audience/import/limits.h"
#include "core/base/buf.h"

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
