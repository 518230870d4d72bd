/* PNG: its chunks (RFC 2083, 3.2). What they hold is decoded by libpng. */
#include <string.h>

#include "media/image_kind.h"

enum { SIGNATURE = 8, HEAD = 8, CRC = 4, HEADER = 13 };

static uint32_t read_u32(const unsigned char *b) {
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool is(const unsigned char *type, const char *name) {
	return memcmp(type, name, 4) == 0;
}

/* gAMA and sRGB, which say how bright it is, are a few bytes; compressed texts and profiles are left out, and so is
 * where and with what it was taken. */
static bool is_needed(const unsigned char *type, uint32_t size) {
	static const char *const names[] = { "IHDR", "PLTE", "tRNS", "IDAT", "IEND" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (is(type, names[i]))
			return true;
	return (is(type, "gAMA") && size == 4) || (is(type, "sRGB") && size == 1);
}

static bool take(const unsigned char *type, const unsigned char *content, uint32_t size, struct image *image,
                 struct error *err) {
	if (is(type, "acTL"))
		return error_field(err, "file", "This PNG moves, which few mail apps show. Save it as an animated GIF");
	if (!is(type, "IHDR"))
		return image->width > 0 || image_is_damaged(err);
	if (size != HEADER || image->width)
		return image_is_damaged(err);
	image->width = read_u32(content);
	image->height = read_u32(content + 4);
	return image_check_size(image->width, image->height, err);
}

bool image_look_png(struct scan *scan, struct image *image, struct buf *needed, struct error *err) {
	bool has_data = false, ended = false;
	buf_add(needed, (const char *)scan->bytes, SIGNATURE);
	for (scan->at = SIGNATURE; !ended;) {
		const unsigned char *chunk = scan->bytes + scan->at;
		size_t left = scan->size - scan->at;
		if (left < HEAD + CRC)
			return image_is_cut(err);
		uint32_t size = read_u32(chunk);
		if (size > left - HEAD - CRC)
			return image_is_cut(err);
		if (!take(chunk + 4, chunk + HEAD, size, image, err))
			return false;
		if (is_needed(chunk + 4, size))
			buf_add(needed, (const char *)chunk, HEAD + size + CRC);
		has_data = has_data || is(chunk + 4, "IDAT");
		ended = is(chunk + 4, "IEND");
		scan->at += HEAD + size + CRC;
	}
	if (!has_data)
		return image_is_damaged(err);
	return scan->at == scan->size || image_has_more(err);
}
