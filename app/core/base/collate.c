/* The order of names. */
#include "core/base/collate.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"

/* Letters that Unicode does not take apart into a letter and a mark. */
static const char *plain_letters(gunichar c) {
	static const struct {
		gunichar letter;
		const char *plain;
	} letters[] = { { 0xE6, "ae" }, { 0x153, "oe" }, { 0xF8, "o" },  { 0x142, "l" },
		            { 0x111, "d" }, { 0xF0, "d" },   { 0xFE, "th" }, { 0x131, "i" } };
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (letters[i].letter == c)
			return letters[i].plain;
	return NULL;
}

char *collate_key(struct arena *arena, const char *text) {
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	g_autofree char *folded = g_utf8_casefold(valid, -1);
	g_autofree char *parted = g_utf8_normalize(folded, -1, G_NORMALIZE_ALL);
	BUF_AUTO key = { 0 };
	for (const char *at = parted; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		const char *plain = plain_letters(c);
		if (plain)
			buf_text_add(&key, plain);
		else if (!g_unichar_ismark(c))
			buf_add(&key, at, (size_t)(g_utf8_next_char(at) - at));
	}
	return arena_copy(arena, buf_text(&key));
}

struct place {
	const char *key, *text;
	int index;
};

static int in_order(const void *a, const void *b) {
	const struct place *x = a, *y = b;
	int order = strcmp(x->key, y->key);
	order = order ? order : strcmp(x->text, y->text);
	return order ? order : x->index - y->index;
}

void collate_sort(void *items, int count, size_t size, size_t offset) {
	if (count < 2)
		return;
	ARENA_AUTO arena = arena_new();
	struct place *places = arena_array(arena, struct place, count);
	char *sorted = arena_alloc(arena, size * (size_t)count);
	for (int i = 0; i < count; i++) {
		const char *text = *(const char **)(void *)((char *)items + size * (size_t)i + offset);
		places[i] = (struct place){ collate_key(arena, text), text ? text : "", i };
	}
	qsort(places, (size_t)count, sizeof *places, in_order);
	for (int i = 0; i < count; i++)
		memcpy(sorted + size * (size_t)i, (char *)items + size * (size_t)places[i].index, size);
	memcpy(items, sorted, size * (size_t)count);
}
