/* GIF: every block read and checked, and only those kept that make the picture (GIF89a). Nothing is decoded for it, but
 * the codes of each frame are followed, so that a frame has the pixels that it says. */
#include <string.h>

#include "media/image_kind.h"

enum {
	HEAD = 13,
	COLOURS = 0x80,
	IMAGE = 0x2c,
	EXTENSION = 0x21,
	TRAILER = 0x3b,
	CONTROL = 0xf9,
	APPLICATION = 0xff,
	PLAIN_TEXT = 0x01,
	DESCRIPTOR = 9,
	CODE_BITS_MAX = 12,
	CODES = 1 << CODE_BITS_MAX,
};

struct gif {
	struct scan *scan;
	struct image *image;
	struct buf *needed;
	uint64_t pixels;
	int frames;
	bool has_loop;
	size_t control; /* where the kept block stands that belongs to the next frame; 0: none */
};

/* Codes of one frame (LZW), followed without making its pixels: how many each stands for is enough. */
struct codes {
	uint64_t pixels;
	uint32_t length[CODES];
	unsigned bits, held; /* bits that were read and belong to the next code */
	int minimum, width, next, before;
	bool ended;
};

static unsigned read_u16(const unsigned char *b) {
	return (unsigned)b[1] << 8 | b[0];
}

static bool has(const struct scan *scan, size_t size) {
	return scan->size - scan->at >= size;
}

static void keep(struct gif *gif, size_t from) {
	buf_add(gif->needed, (const char *)gif->scan->bytes + from, gif->scan->at - from);
}

static bool pass_colours(struct gif *gif, unsigned flags, struct error *err) {
	size_t size = flags & COLOURS ? (size_t)3 << ((flags & 7) + 1) : 0;
	if (!has(gif->scan, size))
		return image_is_cut(err);
	gif->scan->at += size;
	return true;
}

static void codes_clear(struct codes *codes) {
	codes->width = codes->minimum + 1;
	codes->next = (1 << codes->minimum) + 2;
	codes->before = -1;
}

/* False: no such code can stand here. */
static bool follow(struct codes *codes, int code) {
	int clear = 1 << codes->minimum;
	if (code == clear) {
		codes_clear(codes);
		return true;
	}
	if (code == clear + 1) {
		codes->ended = true;
		return true;
	}
	bool is_new = code == codes->next;
	if (code > codes->next || (is_new && (codes->before < 0 || codes->next >= CODES)))
		return false;
	if (codes->before >= 0 && codes->next < CODES) {
		codes->length[codes->next] = codes->length[codes->before] + 1;
		codes->next++;
		if (codes->next == 1 << codes->width && codes->width < CODE_BITS_MAX)
			codes->width++;
	}
	codes->pixels += codes->length[code];
	codes->before = code;
	return true;
}

static bool read_codes(struct codes *codes, const unsigned char *bytes, size_t size) {
	for (size_t i = 0; i < size && !codes->ended; i++) {
		codes->bits |= (unsigned)bytes[i] << codes->held;
		codes->held += 8;
		while (codes->held >= (unsigned)codes->width && !codes->ended) {
			int width = codes->width, code = (int)(codes->bits & ((1U << width) - 1));
			codes->bits >>= width;
			codes->held -= (unsigned)width;
			if (!follow(codes, code))
				return false;
		}
	}
	return true;
}

/* Blocks up to the empty one; `codes` may be NULL. */
static bool pass_blocks(struct gif *gif, struct codes *codes, struct error *err) {
	struct scan *scan = gif->scan;
	for (;;) {
		size_t size = has(scan, 1) ? scan->bytes[scan->at] : 0;
		if (!has(scan, size + 1))
			return image_is_cut(err);
		const unsigned char *block = scan->bytes + scan->at + 1;
		scan->at += size + 1;
		if (!size)
			return true;
		if (codes && !read_codes(codes, block, size))
			return image_is_damaged(err);
	}
}

static bool check_frame(struct gif *gif, const unsigned char *descriptor, struct error *err) {
	unsigned width = read_u16(descriptor + 4), height = read_u16(descriptor + 6);
	if (!width || !height || read_u16(descriptor) + width > gif->image->width ||
	    read_u16(descriptor + 2) + height > gif->image->height)
		return image_is_damaged(err);
	gif->pixels += (uint64_t)width * height;
	if (++gif->frames > GIF_FRAMES_MAX)
		return error_field(err, "file", "The GIF has more than %d frames", GIF_FRAMES_MAX);
	return gif->pixels <= GIF_PIXELS_MAX ||
	       error_field(err, "file", "The frames of the GIF have more than %d megapixels together",
	                   GIF_PIXELS_MAX / 1000000);
}

static bool take_frame(struct gif *gif, size_t from, struct error *err) {
	struct codes codes = { 0 };
	struct scan *scan = gif->scan;
	const unsigned char *descriptor = scan->bytes + scan->at;
	if (!has(scan, DESCRIPTOR))
		return image_is_cut(err);
	scan->at += DESCRIPTOR;
	if (!check_frame(gif, descriptor, err) || !pass_colours(gif, descriptor[8], err))
		return false;
	codes.minimum = has(scan, 1) ? scan->bytes[scan->at] : 0;
	if (codes.minimum < 2 || codes.minimum > 8)
		return image_is_damaged(err);
	scan->at++;
	for (int i = 0; i < 1 << codes.minimum; i++)
		codes.length[i] = 1;
	codes_clear(&codes);
	if (!pass_blocks(gif, &codes, err))
		return false;
	if (codes.pixels != (uint64_t)read_u16(descriptor + 4) * read_u16(descriptor + 6))
		return image_is_damaged(err);
	keep(gif, from);
	gif->control = 0;
	return true;
}

/* How long a frame stands, and that it begins anew, are kept; comments and what programs put there are not. */
static bool take_extension(struct gif *gif, size_t from, struct error *err) {
	static const char loop[] = "\x0bNETSCAPE2.0\x03\x01";
	struct scan *scan = gif->scan;
	if (!has(scan, 1))
		return image_is_cut(err);
	int label = scan->bytes[scan->at++];
	size_t content = scan->at;
	if (!pass_blocks(gif, NULL, err))
		return false;
	size_t size = scan->at - content;
	if (label == PLAIN_TEXT)
		return image_is_damaged(err);
	if (label == CONTROL) {
		if (size != 6 || gif->control)
			return image_is_damaged(err);
		gif->control = gif->needed->size;
		keep(gif, from);
	} else if (label == APPLICATION && size == 17 && memcmp(scan->bytes + content, loop, sizeof loop - 1) == 0 &&
	           !gif->has_loop) {
		gif->has_loop = true;
		keep(gif, from);
	}
	return true;
}

static bool take_head(struct gif *gif, struct error *err) {
	struct scan *scan = gif->scan;
	if (!has(scan, HEAD))
		return image_is_cut(err);
	if (memcmp(scan->bytes + 4, "7a", 2) != 0 && memcmp(scan->bytes + 4, "9a", 2) != 0)
		return image_is_damaged(err);
	gif->image->width = read_u16(scan->bytes + 6);
	gif->image->height = read_u16(scan->bytes + 8);
	scan->at = HEAD;
	if (gif->image->width > GIF_SIDE_MAX || gif->image->height > GIF_SIDE_MAX)
		return error_field(err, "file", "The GIF has %u × %u pixels. It can have at most %d on each side",
		                   gif->image->width, gif->image->height, GIF_SIDE_MAX);
	if (!image_check_size(gif->image->width, gif->image->height, err) || !pass_colours(gif, scan->bytes[10], err))
		return false;
	keep(gif, 0);
	return true;
}

bool image_look_gif(struct scan *scan, struct image *image, struct buf *needed, struct error *err) {
	struct gif gif = { .scan = scan, .image = image, .needed = needed };
	if (!take_head(&gif, err))
		return false;
	for (;;) {
		size_t from = scan->at;
		if (!has(scan, 1))
			return image_is_cut(err);
		int kind = scan->bytes[scan->at++];
		if (kind == TRAILER)
			break;
		if (kind != IMAGE && kind != EXTENSION)
			return image_is_damaged(err);
		if (!(kind == IMAGE ? take_frame : take_extension)(&gif, from, err))
			return false;
	}
	if (gif.control) /* of a frame that never came */
		return image_is_damaged(err);
	buf_char(needed, (char)TRAILER);
	image->frames = gif.frames;
	if (!gif.frames)
		return image_is_damaged(err);
	return scan->at == scan->size || image_has_more(err);
}
