/* A decoded image: what is done with its pixels. Pure. */
#ifndef MEDIA_PIXELS_H
#define MEDIA_PIXELS_H

#include <stdbool.h>
#include <stdint.h>

/* Red, green, blue, opaque: a byte each. Free with pixels_drop. */
struct pixels {
	uint32_t width, height;
	unsigned char *bytes;
};

enum { PIXEL = 4, PALETTE_MAX = 256 };

struct pixels pixels_new(uint32_t width, uint32_t height);
void pixels_drop(struct pixels *pixels);
#define PIXELS_AUTO __attribute__((cleanup(pixels_drop))) struct pixels

/* As it is shown when the camera was held so: EXIF's orientation, 1 to 8. */
void pixels_turn(struct pixels *pixels, int turn);

/* Not wider than that; each pixel is the mean of those that it stands for. */
void pixels_shrink(struct pixels *pixels, uint32_t width);

/* Its colours, if there are at most PALETTE_MAX, and for each pixel which; 0: there are more. `places` has a byte a
 * pixel. */
int pixels_palette(const struct pixels *pixels, unsigned char colours[PALETTE_MAX * PIXEL], unsigned char *places);

bool pixels_are_opaque(const struct pixels *pixels);

#endif
