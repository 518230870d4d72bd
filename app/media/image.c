/* What an image is. */
#include "media/image.h"

#include <ctype.h>
#include <string.h>

#include "media/image_kind.h"

static const char *const kind_names[] = { [IMAGE_PNG] = "png", [IMAGE_JPEG] = "jpg", [IMAGE_GIF] = "gif" };
const struct choices image_kinds = CHOICES(kind_names);
const char *const image_types[IMAGE_KINDS] = {
	[IMAGE_PNG] = "image/png",
	[IMAGE_JPEG] = "image/jpeg",
	[IMAGE_GIF] = "image/gif",
};

enum { TEXT_LOOK = 1024 };

typedef bool look(struct scan *scan, struct image *image, struct buf *needed, struct error *err);

static const struct kind {
	const char *begin;
	size_t size;
	look *look;
} kinds[IMAGE_KINDS] = {
	[IMAGE_PNG] = { "\x89PNG\r\n\x1a\n", 8, image_look_png },
	[IMAGE_JPEG] = { "\xff\xd8\xff", 3, image_look_jpeg },
	[IMAGE_GIF] = { "GIF8", 4, image_look_gif },
};

/* What people take for an image, by its first bytes. */
static const struct other {
	const char *begin, *name;
	size_t size, at;
} others[] = {
	{ "WEBP", "a WebP image", 4, 8 },
	{ "BM", "a BMP image", 2, 0 },
	{ "II*\0", "a TIFF image", 4, 0 },
	{ "MM\0*", "a TIFF image", 4, 0 },
	{ "ftypavif", "an AVIF image", 8, 4 },
	{ "ftypheic", "an HEIC image", 8, 4 },
	{ "ftypmif1", "an HEIC image", 8, 4 },
	{ "\0\0\1\0", "an icon (ICO)", 4, 0 },
	{ "8BPS", "a Photoshop file", 4, 0 },
	{ "%PDF-", "a PDF", 5, 0 },
	{ "PK\3\4", "a ZIP or Office file", 4, 0 },
	{ "MZ", "a program", 2, 0 },
	{ "\x7f"
	  "ELF",
	  "a program", 4, 0 },
	{ "ftyp", "a video", 4, 4 },
	{ "\x1a\x45\xdf\xa3", "a video", 4, 0 },
};

static const struct tag {
	const char *begin, *name;
} tags[] = {
	{ "<svg", "an SVG drawing, which can hold programs" },
	{ "<!doctype svg", "an SVG drawing, which can hold programs" },
	{ "<html", "a web page" },
	{ "<!doctype html", "a web page" },
	{ "<script", "a web page" },
	{ "<?php", "a program" },
};

static const char *text_named(const char *bytes, size_t size) {
	char small[TEXT_LOOK + 1];
	size_t kept = 0;
	for (size_t i = 0; i < size && kept < TEXT_LOOK; i++)
		if (bytes[i])
			small[kept++] = (char)tolower((unsigned char)bytes[i]);
	small[kept] = '\0';
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (strstr(small, tags[i].begin))
			return tags[i].name;
	return NULL;
}

const char *image_other(const char *bytes, size_t size) {
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (size >= others[i].at + others[i].size && memcmp(bytes + others[i].at, others[i].begin, others[i].size) == 0)
			return others[i].name;
	return text_named(bytes, size);
}

bool image_is_cut(struct error *err) {
	return error_field(err, "file", "The image ends too early: it was not copied or sent as a whole");
}

bool image_is_damaged(struct error *err) {
	return error_field(err, "file", "The image is damaged. Open it in an image program and save it anew");
}

bool image_has_more(struct error *err) {
	return error_field(err, "file",
	                   "Behind the image the file holds something else. Open it in an image program and save it anew");
}

bool image_check_size(uint32_t width, uint32_t height, struct error *err) {
	if (!width || !height)
		return image_is_damaged(err);
	return (width <= IMAGE_SIDE_MAX && height <= IMAGE_SIDE_MAX && (uint64_t)width * height <= IMAGE_PIXELS_MAX) ||
	       error_field(err, "file",
	                   "The image has %u × %u pixels. It can have at most %d megapixels, and %d pixels on each side",
	                   width, height, IMAGE_PIXELS_MAX / 1000000, IMAGE_SIDE_MAX);
}

static bool refuse(const char *bytes, size_t size, struct error *err) {
	const char *other = image_other(bytes, size);
	if (!size)
		return error_field(err, "file", "Choose an image: this file is empty");
	return other ? error_field(err, "file", "This is %s. Images are PNG, JPEG or GIF", other)
	             : error_field(err, "file", "This is no image. Images are PNG, JPEG or GIF");
}

bool image_look(const char *bytes, size_t size, struct image *image, struct buf *needed, struct error *err) {
	struct scan scan = { (const unsigned char *)bytes, size, 0 };
	if (size > IMAGE_BYTES_MAX)
		return error_field(err, "file", "The image may have at most %d MB", IMAGE_BYTES_MAX / 1024 / 1024);
	for (int i = 0; i < IMAGE_KINDS; i++) {
		if (size < kinds[i].size || memcmp(bytes, kinds[i].begin, kinds[i].size) != 0)
			continue;
		*image = (struct image){ .kind = (enum image_kind)i, .frames = 1, .turn = 1 };
		return kinds[i].look(&scan, image, needed, err);
	}
	return refuse(bytes, size, err);
}
