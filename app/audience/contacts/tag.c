/* Tags as they are stored and compared. */
#include "audience/contacts/tag.h"

#include <glib.h>
#include <string.h>

#include "core/base/buf.h"

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

struct strings tag_split(struct arena *arena, const char *text) {
	char *rest = arena_copy(arena, text ? text : ""), *word;
	struct strings tags = { arena_array(arena, const char *, strlen(rest) + 2), 0 };
	while ((word = strsep(&rest, ",")))
		if (*text_trim(arena, word))
			tags.items[tags.count++] = text_trim(arena, word);
	return tags;
}
