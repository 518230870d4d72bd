/* Growing bytes, always terminated by a NUL that `size` does not count. Out of memory aborts. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

#include "core/base/error.h"

struct buf {
	char *bytes; /* never NULL after the first write; buf_text is never NULL at all */
	size_t size, room;
};

void buf_finish(struct buf *buf); /* frees; the buf may be used again */
void buf_reset(struct buf *buf);  /* size 0, keeps the memory */
const char *buf_text(const struct buf *buf);

void buf_add(struct buf *buf, const char *bytes, size_t size);
void buf_text_add(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_print(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

#define BUF_AUTO __attribute__((cleanup(buf_finish))) struct buf

#endif
