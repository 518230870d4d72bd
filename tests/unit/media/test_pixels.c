/* Pixels turned, shrunk and counted. */
#include <criterion/criterion.h>
#include <string.h>

#include "media/pixels.h"

/* 2 × 3 pixels, told apart by their red: 1 2 / 3 4 / 5 6. */
static struct pixels six(void) {
	struct pixels pixels = pixels_new(2, 3);
	for (unsigned char i = 0; i < 6; i++)
		memcpy(pixels.bytes + (size_t)i * PIXEL, (const unsigned char[]){ (unsigned char)(i + 1), 0, 0, 0xff }, PIXEL);
	return pixels;
}

Test(pixels, turn_in_eight_ways) {
	static const char *const shown[] = { "",       "123456", "214365", "654321", "563412",
		                                 "135246", "531642", "642531", "246135" };
	for (int turn = 1; turn <= 8; turn++) {
		PIXELS_AUTO pixels = six();
		char text[7] = "";
		pixels_turn(&pixels, turn);
		cr_expect(pixels.width == (turn < 5 ? 2 : 3) && pixels.height == (turn < 5 ? 3 : 2));
		for (int i = 0; i < 6; i++)
			text[i] = (char)('0' + pixels.bytes[i * PIXEL]);
		cr_expect_str_eq(text, shown[turn], "turn %d", turn);
	}
}

Test(pixels, shrink_to_their_mean) {
	PIXELS_AUTO pixels = pixels_new(3, 3);
	memset(pixels.bytes, 0, 9 * PIXEL);
	for (int i = 0; i < 9; i++)
		memcpy(pixels.bytes + i * PIXEL, (const unsigned char[]){ 90, 0, (unsigned char)(i * 10), 0xff }, PIXEL);
	memcpy(pixels.bytes, (const unsigned char[]){ 255, 255, 255, 0 }, PIXEL); /* what is not seen gives no colour */
	pixels_shrink(&pixels, 5);
	cr_expect(pixels.width == 3);
	pixels_shrink(&pixels, 1);
	cr_expect(pixels.width == 1 && pixels.height == 1);
	cr_expect(pixels.bytes[0] == 90 && pixels.bytes[1] == 0 && pixels.bytes[2] == 45 && pixels.bytes[3] == 227);
}

Test(pixels, have_a_palette_of_256) {
	unsigned char colours[PALETTE_MAX * PIXEL], places[300];
	PIXELS_AUTO pixels = pixels_new(300, 1);
	for (int i = 0; i < 300; i++)
		memcpy(pixels.bytes + i * PIXEL,
		       (const unsigned char[]){ (unsigned char)i, 7, (unsigned char)(i % 256 / 9), 9 }, PIXEL);
	cr_expect(pixels_palette(&pixels, colours, places) == 256);
	for (int i = 0; i < 300; i++)
		cr_expect(memcmp(colours + places[i] * PIXEL, pixels.bytes + i * PIXEL, PIXEL) == 0);
	pixels.bytes[1] = 8;
	cr_expect(pixels_palette(&pixels, colours, places) == 0);
	cr_expect_not(pixels_are_opaque(&pixels));
}
