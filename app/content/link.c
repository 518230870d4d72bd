/* Where links lead, and addresses in plain text. */
#include "content/link.h"

#include <glib.h>
#include <string.h>

#include "content/link_text.h"
#include "content/place.h"
#include "content/reference.h"
#include "core/base/text.h"

enum link_kind link_kind_of(const char *target) {
	struct url_state state = { 0 };
	while (*target && strchr(" \t\r\n\f", *target))
		target++;
	if (!*target)
		return LINK_EMPTY;
	if (*target == '#')
		return LINK_ANCHOR;
	if (text_starts(target, "{{"))
		return LINK_TRACKED; /* compiling has checked that the field is an address */
	if (g_ascii_strncasecmp(target, "cid:", 4) == 0 || g_ascii_strncasecmp(target, "data:", 5) == 0)
		return LINK_INLINE;
	url_state_read(&state, target, strcspn(target, ":") + 1);
	if (state.part == URL_SLASHES)
		return LINK_TRACKED;
	if (state.part == URL_OPAQUE)
		return LINK_CONTACT;
	return state.part == URL_FOREIGN ? LINK_UNSAFE : LINK_RELATIVE;
}

const char *link_target(const char *from, const char *to, enum tag_source kind, struct arena *arena) {
	BUF_AUTO target = { 0 };
	struct flaws ignored;
	struct tag tag;
	flaws_begin(&ignored, arena);
	for (size_t at = 0, size = (size_t)(to - from); at < size; at = tag.to) {
		(void)tag_find(from, size, at, kind, &tag, &ignored);
		if (kind == SOURCE_PLAIN)
			buf_add(&target, from + at, tag.from - at);
		else
			references_decode(&target, from + at, from + tag.from, true);
		if (tag.to > tag.from && from[tag.from] == '%') /* written in one way: %7B%7Ba%7D%7D is {{a}} */
			tag_decode(&target, from + tag.from, from + tag.to);
		else if (kind == SOURCE_PLAIN)
			buf_add(&target, from + tag.from, tag.to - tag.from);
		else
			references_decode(&target, from + tag.from, from + tag.to, false);
	}
	return arena_copy_bytes(arena, buf_text(&target), target.size);
}

static bool ends_bare(const char *text, size_t at) {
	return (unsigned char)text[at] <= ' ' || strchr("<>\"", text[at]);
}

size_t link_bare_end(const char *text, size_t size, size_t from) {
	while (from < size && !ends_bare(text, from))
		from++;
	return from;
}

static int count(const char *text, size_t begin, size_t end, char wanted) {
	int found = 0;
	for (; begin < end; begin++)
		found += text[begin] == wanted;
	return found;
}

size_t link_bare_trim(const char *text, size_t begin, size_t end) {
	while (end > begin) {
		char last = text[end - 1];
		bool extra = last == ')' && count(text, begin, end, ')') > count(text, begin, end, '(');
		if (!extra && !strchr(".,;:!?'*_", last))
			break;
		end--;
	}
	return end;
}

bool link_find_bare(const char *text, size_t size, size_t from, size_t *begin, size_t *end) {
	static const char *const schemes[] = { "https://", "http://" };
	for (size_t at = from; at + 8 < size; at++) {
		if (at > 0 && (g_ascii_isalnum(text[at - 1]) || (unsigned char)text[at - 1] >= 0x80))
			continue;
		for (size_t i = 0; i < 2; i++) {
			size_t scheme = strlen(schemes[i]);
			if (g_ascii_strncasecmp(text + at, schemes[i], scheme) != 0 || ends_bare(text, at + scheme))
				continue;
			*begin = at;
			*end = link_bare_end(text, size, at);
			return true;
		}
	}
	return false;
}

static int tracked_with(const struct links *links, const char *target) {
	for (int i = 0; i < links->count; i++)
		if (links->items[i].tracked >= 0 && strcmp(links->items[i].target, target) == 0)
			return links->items[i].tracked;
	return -1;
}

void links_same(const struct links *text, const struct links *html, int *places) {
	for (int i = 0; i < text->count; i++)
		if (text->items[i].tracked >= 0)
			places[text->items[i].tracked] = tracked_with(html, text->items[i].target);
}
