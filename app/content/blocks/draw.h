/* Drawing blocks; private to the room. */
#ifndef CONTENT_BLOCKS_DRAW_H
#define CONTENT_BLOCKS_DRAW_H

#include "content/blocks/blocks.h"
#include "core/base/buf.h"

/* What follows from the theme, as CSS writes it. */
struct look {
	char page[COLOUR_TEXT], card[COLOUR_TEXT], text[COLOUR_TEXT], muted[COLOUR_TEXT], line[COLOUR_TEXT],
		soft[COLOUR_TEXT], link[COLOUR_TEXT], brand[COLOUR_TEXT], on_brand[COLOUR_TEXT], dark_link[COLOUR_TEXT];
	const char *font;
	int width, inner; /* the card, and the text in it */
	const char *logo, *logo_alt;
};

enum { DARK_PAGE = 0x0f1720, DARK_CARD = 0x18222e, EDGE = 32 };
#define DARK_TEXT "#e6edf3"
#define DARK_MUTED "#9fb0c0"
#define DARK_LINE "#3a4856"
#define DARK_SOFT "#212d3a"

struct look look_of(const struct theme *theme);

/* A row of the card's table. */
void block_draw(const struct block *block, const struct look *look, struct buf *out);

#endif
