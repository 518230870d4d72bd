/* Colours, font and logo of an email. Pure. */
#ifndef CONTENT_BLOCKS_THEME_H
#define CONTENT_BLOCKS_THEME_H

#include "core/base/arena.h"

enum { COLOUR_TEXT = 8 };

/* Red, green and blue: 0xRRGGBB. */
typedef unsigned colour;

enum font { FONT_SYSTEM, FONT_ARIAL, FONT_VERDANA, FONT_GEORGIA, FONT_COUNT };
extern const char *const font_names[FONT_COUNT + 1][2]; /* word and label, ended by NULL */
extern const char *const font_stacks[FONT_COUNT];       /* for CSS in quotation marks */

enum { WIDTH_MIN = 480, WIDTH_USUAL = 600, WIDTH_MAX = 700, LOGO_MAX = 2000, LOGO_ALT_MAX = 200 };

struct theme {
	colour brand, background, surface, text;
	unsigned font;
	int width;
	const char *logo, *logo_alt; /* an address, or "" */
};
extern const struct theme theme_usual;

/* "#rrggbb" or "#rgb". False: it is no colour. */
bool colour_read(const char *text, colour *read);
const char *colour_css(colour which, char text[COLOUR_TEXT]);

/* As WCAG 2 defines it: 1 to 21. */
double colour_contrast(colour a, colour b);

/* `share` of a in b: 0 is b, 1 is a. */
colour colour_mix(colour a, colour b, double share);

/* White or black, whichever can be read better on it. */
colour colour_on(colour ground);

/* The colour, made darker or lighter until it can be read on the ground (4.5 : 1). */
colour colour_readable(colour which, colour ground);

#endif
