/* Tags in a cell. */
#include "audience/import/tags.h"

#include <glib.h>
#include <string.h>

#include "audience/contacts/tag.h"
#include "audience/import/limits.h"
#include "core/formats/json.h"

static void add_tag(struct arena *arena, struct strings *tags, struct strings *wrong, const char *text) {
	const char *tag = tag_norm(arena, text);
	if (!*text_tidy(arena, text))
		return;
	if (!tag || tags->count == IMPORT_TAGS_MAX) {
		if (wrong->count < IMPORT_TAGS_MAX)
			wrong->items[wrong->count++] = text;
	} else if (!strings_have(tags, tag)) {
		tags->items[tags->count++] = tag;
	}
}

static bool read_list(struct arena *arena, const char *cell, struct strings *tags, struct strings *wrong) {
	struct error err = ERROR_INIT;
	struct value *list;
	if (*cell != '[' || !json_read(arena, cell, strlen(cell), &list, &err) || list->kind != VALUE_LIST)
		return false;
	for (const struct value *item = list->first; item; item = item->next)
		if (item->kind == VALUE_TEXT)
			add_tag(arena, tags, wrong, item->text);
	return true;
}

/* To the end of the tag; within quotes separators do not count. */
static const char *end_of_tag(const char *at) {
	at += strspn(at, " \t");
	if (*at == '"' && strchr(at + 1, '"'))
		at = strchr(at + 1, '"');
	return at + strcspn(at, ",;|\r\n");
}

static const char *without_quotes(struct arena *arena, const char *text) {
	size_t size = strlen(text);
	bool quoted = size > 1 && *text == '"' && text[size - 1] == '"';
	return quoted ? arena_copy_bytes(arena, text + 1, size - 2) : text;
}

struct strings tags_read(struct arena *arena, const char *cell, struct strings *wrong) {
	struct strings tags = { arena_array(arena, const char *, IMPORT_TAGS_MAX), 0 };
	*wrong = (struct strings){ arena_array(arena, const char *, IMPORT_TAGS_MAX), 0 };
	cell = text_tidy(arena, cell);
	if (read_list(arena, cell, &tags, wrong))
		return tags;
	while (*cell) {
		const char *end = end_of_tag(cell);
		const char *text = text_tidy(arena, arena_copy_bytes(arena, cell, (size_t)(end - cell)));
		add_tag(arena, &tags, wrong, without_quotes(arena, text));
		cell = *end ? end + 1 : end;
	}
	return tags;
}
