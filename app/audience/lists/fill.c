/* Merge tags. */
#include "audience/lists/fill.h"

#include <string.h>

static const char *fallback_of(const struct list *list, const char *tag) {
	const struct list_field *fields = list ? list->fields.items : NULL;
	for (int i = 0; fields && i < list->fields.count; i++)
		if (text_same(fields[i].tag, tag))
			return fields[i].fallback;
	return NULL;
}

static void end_at(struct buf *out, size_t size) {
	out->size = size;
	if (out->bytes)
		out->bytes[size] = '\0';
}

/* Where nothing stands, the space before it goes, too: "Hi {{FirstName}}, news". */
static void drop_space(struct buf *out) {
	if (out->size > 0 && out->bytes[out->size - 1] == ' ')
		end_at(out, out->size - 1);
}

char *list_fill(const struct list *list, const char *text, struct arena *arena) {
	BUF_AUTO out = { 0 };
	const char *open, *close;
	for (text = text ? text : ""; (open = strstr(text, "{{")) && (close = strstr(open, "}}")); text = close + 2) {
		const char *tag = text_trim(arena, arena_print(arena, "%.*s", (int)(close - open - 2), open + 2));
		const char *fallback = fallback_of(list, tag);
		buf_add(&out, text, (size_t)(open - text));
		if (text_is_empty(fallback))
			drop_space(&out);
		else
			buf_text_add(&out, fallback);
	}
	buf_text_add(&out, text);
	return text_trim(arena, buf_text(&out));
}
