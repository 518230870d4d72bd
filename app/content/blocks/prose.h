/* What is written in a block's paragraphs, as HTML; private to the room. Tags of our language stay as they are. */
#ifndef CONTENT_BLOCKS_PROSE_H
#define CONTENT_BLOCKS_PROSE_H

#include "core/base/buf.h"

/* Inline CSS of what it writes. */
struct prose_style {
	const char *paragraph, *list, *link;
};

/* Paragraphs, lists, and tags that stand on a line of their own. */
void prose_html(const char *text, const struct prose_style *style, struct buf *out);

/* One line, or lines parted by <br>: no bold, no links. */
void prose_line(const char *text, struct buf *out);

/* Calls `link` with each address that stands in a link of the text. */
void prose_links(const char *text, void (*link)(void *context, const char *address, size_t size), void *context);

#endif
