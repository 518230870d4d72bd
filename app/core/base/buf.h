/* A growable byte buffer, always NUL-terminated; `size` does not count the NUL. Out of memory aborts. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

#include "core/base/error.h"

struct buf {
	char *bytes; /* NULL before the first write; buf_text never returns NULL */
	size_t size, room;
};

void buf_finish(struct buf *buf); /* frees the memory; the buf may be reused */
void buf_reset(struct buf *buf);  /* sets size to 0 but keeps the memory */
const char *buf_text(const struct buf *buf);

void buf_add(struct buf *buf, const char *bytes, size_t size);
void buf_text_add(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_print(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

#define BUF_AUTO __attribute__((cleanup(buf_finish))) struct buf

#endif
