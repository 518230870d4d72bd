/* What is wrong with a source. */
#include "content/flaw.h"

#include <stdio.h>
#include <stdlib.h>

enum { FLAW_TEXT = 400 };

void flaws_begin(struct flaws *flaws, struct arena *arena) {
	*flaws = (struct flaws){ .arena = arena };
}

/* Where there is room: an error takes the place of a warning. NULL: nowhere. */
static struct flaw *room_for(struct flaws *flaws, bool is_error) {
	if (flaws->count < FLAWS_MAX)
		return &flaws->items[flaws->count++];
	for (int i = FLAWS_MAX - 1; i >= 0 && is_error; i--)
		if (!flaws->items[i].is_error)
			return &flaws->items[i];
	return NULL;
}

static void add(struct flaws *flaws, bool is_error, size_t offset, const char *format, va_list values) {
	char text[FLAW_TEXT];
	struct flaw *flaw = room_for(flaws, is_error);
	flaws->errors += is_error;
	if (!flaw)
		return;
	(void)vsnprintf(text, sizeof text, format, values);
	*flaw = (struct flaw){ .is_error = is_error, .offset = offset, .text = arena_copy(flaws->arena, text) };
}

void flaw_error(struct flaws *flaws, size_t offset, const char *format, ...) {
	va_list values;
	va_start(values, format);
	add(flaws, true, offset, format, values);
	va_end(values);
}

void flaw_warning(struct flaws *flaws, size_t offset, const char *format, ...) {
	va_list values;
	va_start(values, format);
	add(flaws, false, offset, format, values);
	va_end(values);
}

static int by_place(const void *a, const void *b) {
	const struct flaw *x = a, *y = b;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

void flaws_locate(struct flaws *flaws, const char *source, size_t size) {
	size_t at = 0;
	int line = 1, column = 1;
	qsort(flaws->items, (size_t)flaws->count, sizeof *flaws->items, by_place);
	for (int i = 0; i < flaws->count; i++) {
		for (; at < flaws->items[i].offset && at < size; at++) {
			if (source[at] == '\n') {
				line++;
				column = 1;
			} else {
				column += ((unsigned char)source[at] & 0xC0) != 0x80;
			}
		}
		flaws->items[i].line = line;
		flaws->items[i].column = column;
	}
}
