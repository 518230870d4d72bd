/* A growable byte buffer. */
#include "core/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_finish(struct buf *buf) {
	free(buf->bytes);
	*buf = (struct buf){ 0 };
}

void buf_reset(struct buf *buf) {
	buf->size = 0;
	if (buf->bytes)
		buf->bytes[0] = '\0';
}

const char *buf_text(const struct buf *buf) {
	return buf->bytes ? buf->bytes : "";
}

static void grow(struct buf *buf, size_t need) {
	size_t room = buf->room ? buf->room : 256;
	while (room < need)
		room *= 2;
	char *bytes = realloc(buf->bytes, room);
	if (!bytes)
		abort();
	buf->bytes = bytes;
	buf->room = room;
}

static inline void reserve(struct buf *buf, size_t more) {
	size_t need;
	if (__builtin_add_overflow(buf->size, more, &need) || __builtin_add_overflow(need, 1, &need))
		abort();
	if (need > buf->room)
		grow(buf, need);
}

void buf_add(struct buf *buf, const char *bytes, size_t size) {
	reserve(buf, size);
	if (size)
		memcpy(buf->bytes + buf->size, bytes, size);
	buf->size += size;
	buf->bytes[buf->size] = '\0';
}

void buf_text_add(struct buf *buf, const char *text) {
	buf_add(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c) {
	buf_add(buf, &c, 1);
}

void buf_print(struct buf *buf, const char *format, ...) {
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size < 0)
		abort();
	reserve(buf, (size_t)size);
	(void)vsnprintf(buf->bytes + buf->size, (size_t)size + 1, format, again);
	va_end(again);
	buf->size += (size_t)size;
}
