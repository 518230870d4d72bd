/* Colours and fonts of an email. */
#include "content/blocks/theme.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const font_names[FONT_COUNT + 1][2] = {
	{ "system", "System (as the device)" },
	{ "arial", "Arial" },
	{ "verdana", "Verdana" },
	{ "georgia", "Georgia" },
	{ NULL, NULL },
};

const char *const font_stacks[FONT_COUNT] = {
	[FONT_SYSTEM] = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
	[FONT_ARIAL] = "Arial,Helvetica,sans-serif",
	[FONT_VERDANA] = "Verdana,Geneva,sans-serif",
	[FONT_GEORGIA] = "Georgia,'Times New Roman',serif",
};

const struct theme theme_usual = {
	.brand = 0x0b57b5,
	.background = 0xf3f5f8,
	.surface = 0xffffff,
	.text = 0x1a2330,
	.font = FONT_SYSTEM,
	.width = WIDTH_USUAL,
	.logo = "",
	.logo_alt = "",
};

bool colour_read(const char *text, colour *read) {
	size_t digits = *text == '#' ? strlen(text + 1) : 0;
	if ((digits != 3 && digits != 6) || strspn(text + 1, "0123456789abcdefABCDEF") != digits)
		return false;
	unsigned value = 0;
	for (const char *at = text + 1; *at; at++) {
		unsigned digit = (unsigned)(*at <= '9' ? *at - '0' : (*at | 32) - 'a' + 10);
		value = digits == 3 ? value << 8 | digit << 4 | digit : value << 4 | digit;
	}
	*read = value;
	return true;
}

const char *colour_css(colour which, char text[COLOUR_TEXT]) {
	(void)snprintf(text, COLOUR_TEXT, "#%06x", which & 0xffffff);
	return text;
}

static double part(colour which, int shift) {
	double share = (which >> shift & 255) / 255.0;
	return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4);
}

static double luminance(colour which) {
	return 0.2126 * part(which, 16) + 0.7152 * part(which, 8) + 0.0722 * part(which, 0);
}

double colour_contrast(colour a, colour b) {
	double one = luminance(a), other = luminance(b);
	return (fmax(one, other) + 0.05) / (fmin(one, other) + 0.05);
}

colour colour_mix(colour a, colour b, double share) {
	colour mixed = 0;
	for (int shift = 0; shift <= 16; shift += 8)
		mixed |= (colour)lround((a >> shift & 255) * share + (b >> shift & 255) * (1 - share)) << shift;
	return mixed;
}

colour colour_on(colour ground) {
	const colour dark = 0x000000, light = 0xffffff;
	return colour_contrast(light, ground) >= 4.5 || colour_contrast(light, ground) >= colour_contrast(dark, ground)
	           ? light
	           : dark;
}

colour colour_readable(colour which, colour ground) {
	colour end = luminance(ground) > 0.18 ? 0 : 0xffffff;
	for (int step = 0; step <= 20; step++) {
		colour mixed = colour_mix(end, which, step / 20.0);
		if (colour_contrast(mixed, ground) >= 4.5)
			return mixed;
	}
	return end;
}
