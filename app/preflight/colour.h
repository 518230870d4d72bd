/* Colours as CSS writes them. Pure. How well one can be read on another: content/blocks/theme.h. */
#ifndef PREFLIGHT_COLOUR_H
#define PREFLIGHT_COLOUR_H

#include <stdbool.h>
#include <stddef.h>

enum { COLOUR_BLACK = 0x000000, COLOUR_WHITE = 0xffffff, COLOUR_OF_LINKS = 0x0000ee };

/* "#0b57b8", "#fff", "rgb(1, 2, 3)", "rgb(0 0 0 / 50%)", "navy", also with "!important" after it. False: it is none, or
 * it is (partly) transparent. */
bool css_colour(const char *text, size_t size, unsigned *colour);

/* The value of a property in an inline style, the last one if there are several. False: it is not there. */
bool css_property(const char *style, size_t size, const char *name, const char **value, size_t *value_size);

#endif
