/* Colours as CSS writes them. */
#include "preflight/colour.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLOUR_CHARACTERS = 60 };

/* Those that mails use; of the 148 names of CSS the others are rare. */
static const struct {
	const char *name;
	unsigned colour;
} names[] = {
	{ "aqua", 0x00ffff },         { "beige", 0xf5f5dc },      { "black", 0x000000 },      { "blue", 0x0000ff },
	{ "brown", 0xa52a2a },        { "crimson", 0xdc143c },    { "cyan", 0x00ffff },       { "darkblue", 0x00008b },
	{ "darkgray", 0xa9a9a9 },     { "darkgreen", 0x006400 },  { "darkgrey", 0xa9a9a9 },   { "darkred", 0x8b0000 },
	{ "dimgray", 0x696969 },      { "dimgrey", 0x696969 },    { "fuchsia", 0xff00ff },    { "gainsboro", 0xdcdcdc },
	{ "gold", 0xffd700 },         { "gray", 0x808080 },       { "green", 0x008000 },      { "grey", 0x808080 },
	{ "indigo", 0x4b0082 },       { "ivory", 0xfffff0 },      { "khaki", 0xf0e68c },      { "lavender", 0xe6e6fa },
	{ "lightblue", 0xadd8e6 },    { "lightgray", 0xd3d3d3 },  { "lightgreen", 0x90ee90 }, { "lightgrey", 0xd3d3d3 },
	{ "lightyellow", 0xffffe0 },  { "lime", 0x00ff00 },       { "magenta", 0xff00ff },    { "maroon", 0x800000 },
	{ "midnightblue", 0x191970 }, { "navy", 0x000080 },       { "olive", 0x808000 },      { "orange", 0xffa500 },
	{ "orangered", 0xff4500 },    { "pink", 0xffc0cb },       { "purple", 0x800080 },     { "red", 0xff0000 },
	{ "royalblue", 0x4169e1 },    { "salmon", 0xfa8072 },     { "silver", 0xc0c0c0 },     { "skyblue", 0x87ceeb },
	{ "slategray", 0x708090 },    { "slategrey", 0x708090 },  { "snow", 0xfffafa },       { "steelblue", 0x4682b4 },
	{ "teal", 0x008080 },         { "tomato", 0xff6347 },     { "turquoise", 0x40e0d0 },  { "violet", 0xee82ee },
	{ "white", 0xffffff },        { "whitesmoke", 0xf5f5f5 }, { "yellow", 0xffff00 },
};

static bool read_hexadecimal(const char *text, unsigned *colour) {
	size_t size = strspn(text, "0123456789abcdef");
	unsigned number = (unsigned)strtoul(text, NULL, 16);
	if (text[size] || (size != 3 && size != 6))
		return false;
	*colour = size == 6 ? number : (number >> 8 & 15) * 0x110000 + (number >> 4 & 15) * 0x1100 + (number & 15) * 0x11;
	return true;
}

/* "255, 0, 0" or "100% 0% 0%", up to the closing bracket. A fourth value makes it see-through unless it is 1. */
static bool read_parts(const char *text, unsigned *colour) {
	double parts[4] = { 0, 0, 0, 1 };
	int count = 0;
	while (*text && *text != ')') {
		char *end;
		double number = g_ascii_strtod(text, &end);
		if (end == text || count == 4)
			return false;
		if (*end == '%')
			number *= count == 3 ? 0.01 : 2.55, end++;
		parts[count++] = number;
		text = end + strspn(end, " ,/");
	}
	if (count < 3 || parts[3] < 1)
		return false;
	*colour = 0;
	for (int i = 0; i < 3; i++)
		*colour = *colour << 8 | (unsigned)(parts[i] < 0 ? 0 : parts[i] > 255 ? 255 : lround(parts[i]));
	return true;
}

bool css_colour(const char *text, size_t size, unsigned *colour) {
	char word[COLOUR_CHARACTERS];
	if (size >= sizeof word)
		return false;
	for (size_t i = 0; i < size; i++)
		word[i] = g_ascii_tolower(text[i]);
	word[size] = '\0';
	char *important = strchr(word, '!');
	if (important)
		*important = '\0';
	g_strstrip(word);
	if (word[0] == '#')
		return read_hexadecimal(word + 1, colour);
	if (strncmp(word, "rgb(", 4) == 0 || strncmp(word, "rgba(", 5) == 0)
		return read_parts(strchr(word, '(') + 1, colour);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(names[i].name, word) == 0) {
			*colour = names[i].colour;
			return true;
		}
	}
	return false;
}

bool css_property(const char *style, size_t size, const char *name, const char **value, size_t *value_size) {
	const char *end = style + size;
	size_t length = strlen(name);
	bool found = false;
	while (style < end) {
		while (style < end && (g_ascii_isspace(*style) || *style == ';'))
			style++;
		const char *next = memchr(style, ';', (size_t)(end - style));
		const char *to = next ? next : end, *colon = memchr(style, ':', (size_t)(to - style));
		size_t named = colon ? (size_t)(colon - style) : 0;
		while (named > 0 && g_ascii_isspace(style[named - 1]))
			named--;
		if (colon && named == length && g_ascii_strncasecmp(style, name, length) == 0) {
			*value = colon + 1;
			*value_size = (size_t)(to - colon - 1);
			found = true;
		}
		style = to;
	}
	return found;
}
