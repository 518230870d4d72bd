/* Tags as they are stored and compared. */
#include "audience/contacts/tag.h"

#include <glib.h>
#include <string.h>

const char *tag_form(struct arena *arena, const char *text) {
	g_autofree char *small = g_utf8_strdown(text_tidy(arena, text), -1);
	return text_tidy(arena, small);
}

const char *tag_norm(struct arena *arena, const char *text) {
	const char *tag = tag_form(arena, text);
	if (!*tag || text_length(tag) > TAG_MAX || strchr(tag, ','))
		return NULL;
	for (const char *at = tag; *at; at = g_utf8_next_char(at))
		if (g_unichar_iscntrl(g_utf8_get_char(at)))
			return NULL;
	return tag;
}
