/* What images are, looked at before they are decoded. */
#include <criterion/criterion.h>
#include <string.h>

#include "media/image.h"
#include "media/image_kind.h"
#include "media/recode.h"

#define BYTES(text) (text), sizeof(text) - 1

static const char *refusal(const char *bytes, size_t size) {
	static struct error err;
	BUF_AUTO needed = { 0 };
	struct image image;
	err = (struct error){ .kind = ERROR_CONFLICT, .text = "an older error" };
	if (image_look(bytes, size, &image, &needed, &err))
		return "taken";
	cr_expect(err.kind == ERROR_INVALID);
	cr_expect_str_eq(err.field, "file");
	return err.text;
}

static void expect_words(const char *bytes, size_t size, const char *words) {
	const char *text = refusal(bytes, size);
	cr_expect(strstr(text, words) != NULL, "%s, not %s", text, words);
}

/* 2 × 1, red and blue. */
static const char gif[] = "GIF89a\2\0\1\0\x80\0\0\xff\0\0\0\0\xff"
						  "\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"
						  "\x21\xfe\4made\0"
						  "\x21\xf9\4\0\x08\0\0\0"
						  "\x2c\0\0\0\0\2\0\1\0\0\2\2\x44\x0a\0;";

Test(image, says_what_else_it_is) {
	expect_words("", 0, "empty");
	expect_words(BYTES("RIFF\0\0\0\0WEBPVP8 "), "WebP");
	expect_words(BYTES("BM\1\2\3"), "BMP");
	expect_words(BYTES("<?xml version='1.0'?>\n<SVG onload=x>"), "SVG");
	expect_words(BYTES("<\0s\0v\0g\0>\0"), "SVG"); /* UTF-16 */
	expect_words(BYTES("<!DOCTYPE html>"), "web page");
	expect_words(BYTES("MZ\x90"), "program");
	expect_words(BYTES("hello"), "no image");
}

Test(image, a_gif_keeps_what_it_shows) {
	BUF_AUTO needed = { 0 };
	BUF_AUTO again = { 0 };
	struct image image, same;
	struct error err = ERROR_INIT;
	cr_assert(image_look(BYTES(gif), &image, &needed, &err), "%s", err.text);
	cr_expect(image.kind == IMAGE_GIF && image.width == 2 && image.height == 1 && image.frames == 1);
	cr_expect(needed.size == sizeof gif - 1 - 8, "without its comment");
	cr_expect(!memmem(needed.bytes, needed.size, "made", 4) && memmem(needed.bytes, needed.size, "NETSCAPE", 8));
	cr_assert(image_look(needed.bytes, needed.size, &same, &again, &err));
	cr_expect(again.size == needed.size && memcmp(again.bytes, needed.bytes, again.size) == 0);
}

Test(image, a_gif_is_whole) {
	char changed[sizeof gif];
	for (size_t size = 6; size < sizeof gif - 1; size++)
		cr_expect(strcmp(refusal(gif, size), "taken") != 0, "%zu bytes of it", size);
	expect_words(BYTES("GIF89a\2\0\1\0\x80\0\0\xff\0\0\0\0\xff;"), "damaged"); /* no frame */
	memcpy(changed, gif, sizeof gif);
	changed[sizeof gif - 1] = ' ';
	expect_words(changed, sizeof gif, "something else");
	memcpy(changed, gif, sizeof gif);
	changed[sizeof gif - 12] = 3; /* a frame wider than the image */
	expect_words(changed, sizeof gif - 1, "damaged");
	memcpy(changed, gif, sizeof gif);
	changed[sizeof gif - 5] = 7; /* other codes: too few pixels, or a code that is not there */
	expect_words(changed, sizeof gif - 1, "damaged");
}

Test(image, a_png_says_its_size_first) {
	expect_words(BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\2\0\0\0crc!\0\0\0\0IEND...."),
	             "pixels");
	expect_words(BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\1\x08\2\0\0\0crc!\0\0\0\0IEND...."), "damaged");
	expect_words(BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0crc!\0\0\0\0IEND...."), "damaged");
	expect_words(BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0crc!\0\0\0\0acTL...."), "moves");
	expect_words(BYTES("\x89PNG\r\n\x1a\n\0\0\0\0IDAT...."), "damaged");
	expect_words(BYTES("\x89PNG\r\n\x1a\n\xff\xff\xff\xffIDAT...."), "too early");
	expect_words(BYTES("\x89PNG\r\n\x1a\n"), "too early");
}

Test(image, a_jpeg_is_parted_into_segments) {
#define FRAME "\xff\xc0\0\x0b\x08\0\x10\0\x20\1\1\x11\0"
	expect_words(BYTES("\xff\xd8\xff"), "too early");
	expect_words(BYTES("\xff\xd8\xff\xe1\xff\xff"), "too early");
	expect_words(BYTES("\xff\xd8\xff\xd9"), "damaged");
	expect_words(BYTES("\xff\xd8\xff\xda\0\2\1\2\xff\xd9"), "damaged"); /* a scan of nothing */
	expect_words(BYTES("\xff\xd8" FRAME "\xff\xda\0\2\1\2"), "too early");
	expect_words(BYTES("\xff\xd8" FRAME FRAME "\xff\xda\0\2\1\2\xff\xd9"), "damaged");
	expect_words(BYTES("\xff\xd8\xff\xc0\0\x0b\x08\0\x10\0\x20\4\1\x11\0\xff\xda\0\2\xff\xd9"), "CMYK");
	expect_words(BYTES("\xff\xd8\xff\xc9\0\x0b\x08\0\x10\0\x20\1\1\x11\0\xff\xda\0\2\xff\xd9"), "ordinary");
	BUF_AUTO needed = { 0 };
	struct image image;
	struct error err = ERROR_INIT;
	static const char jpeg[] = "\xff\xd8\xff\xe1\0\4hi\xff\xfe\0\4no" FRAME
							   "\xff\xda\0\2\1\xff\0\2\xff\xd3\3\xff\xff\xd9 more";
	cr_assert(image_look(BYTES(jpeg), &image, &needed, &err), "%s", err.text);
	cr_expect(image.width == 32 && image.height == 16 && image.grey);
	static const char kept[] = "\xff\xd8" FRAME "\xff\xda\0\2\1\xff\0\2\xff\xd3\3\xff\xd9";
	cr_expect(needed.size >= sizeof kept - 1 && !memmem(needed.bytes, needed.size, "hi", 2));
}

Test(image, exif_says_how_the_camera_was_held) {
	static const struct held {
		const char *bytes;
		size_t size;
		int turn;
	} rows[] = {
		{ BYTES("Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0"), 6 },
		{ BYTES("Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\x08\0\0"), 8 },
		{ BYTES("Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\x09\0\0"), 1 },
		{ BYTES("Exif\0\0MM\0*\xff\xff\xff\xff\0\1\1\x12\0\3\0\0\0\1\0\x08\0\0"), 1 },
		{ BYTES("Exif\0\0MM\0*\0\0\0\x08\xff\xff\1\x12\0\4\0\0\0\1\0\x08\0\0"), 1 },
		{ BYTES("Exif\0\0II*\0"), 1 },
		{ BYTES("http://ns.adobe.com/"), 1 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(exif_turn((const unsigned char *)rows[i].bytes, rows[i].size) == rows[i].turn, "row %zu", i);
}
