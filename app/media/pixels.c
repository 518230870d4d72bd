/* Pixels: turned, shrunk, counted. */
#include "media/pixels.h"

#include <glib.h>
#include <string.h>

struct pixels pixels_new(uint32_t width, uint32_t height) {
	return (struct pixels){ width, height, g_malloc_n((gsize)width * height, PIXEL) };
}

void pixels_drop(struct pixels *pixels) {
	g_free(pixels->bytes);
	pixels->bytes = NULL;
}

static unsigned char *at(const struct pixels *pixels, uint32_t x, uint32_t y) {
	return pixels->bytes + ((size_t)y * pixels->width + x) * PIXEL;
}

static void take_over(struct pixels *pixels, struct pixels other) {
	pixels_drop(pixels);
	*pixels = other;
}

void pixels_turn(struct pixels *pixels, int turn) {
	/* where a pixel comes from: sides swapped, from the right, from the bottom */
	static const struct way {
		bool swapped, mirrored, upended;
	} ways[] = { { 0 },
		         { false, false, false },
		         { false, true, false },
		         { false, true, true },
		         { false, false, true },
		         { true, false, false },
		         { true, false, true },
		         { true, true, true },
		         { true, true, false } };
	const struct way *way = &ways[turn];
	if (turn <= 1)
		return;
	uint32_t width = pixels->width, height = pixels->height;
	struct pixels turned = pixels_new(way->swapped ? height : width, way->swapped ? width : height);
	for (uint32_t y = 0; y < turned.height; y++) {
		for (uint32_t x = 0; x < turned.width; x++) {
			uint32_t from_x = way->swapped ? y : x, from_y = way->swapped ? x : y;
			from_x = way->mirrored ? width - 1 - from_x : from_x;
			from_y = way->upended ? height - 1 - from_y : from_y;
			memcpy(at(&turned, x, y), at(pixels, from_x, from_y), PIXEL);
		}
	}
	take_over(pixels, turned);
}

/* The pixels from `from` to `to`, in parts of a pixel: `of` to each. */
struct span {
	uint64_t from, to;
	uint32_t of;
};

static struct span span_of(uint32_t place, uint32_t old, uint32_t new) {
	return (struct span){ (uint64_t)place * old, ((uint64_t)place + 1) * old, new };
}

static uint64_t part_in(const struct span *span, uint64_t pixel) {
	uint64_t from = MAX(span->from, pixel * span->of), to = MIN(span->to, (pixel + 1) * span->of);
	return to - from;
}

/* Colours count by how opaque they are. */
static void mean(const struct pixels *pixels, const struct span *across, const struct span *down, unsigned char *out) {
	uint64_t colours[3] = { 0 }, opaque = 0, all = 0;
	for (uint64_t y = down->from / down->of; y * down->of < down->to; y++) {
		for (uint64_t x = across->from / across->of; x * across->of < across->to; x++) {
			const unsigned char *pixel = at(pixels, (uint32_t)x, (uint32_t)y);
			uint64_t weight = part_in(across, x) * part_in(down, y);
			all += weight;
			opaque += weight * pixel[3];
			for (int i = 0; i < 3; i++)
				colours[i] += weight * pixel[3] * pixel[i];
		}
	}
	for (int i = 0; i < 3; i++)
		out[i] = opaque ? (unsigned char)((colours[i] + opaque / 2) / opaque) : 0;
	out[3] = all ? (unsigned char)((opaque + all / 2) / all) : 0;
}

void pixels_shrink(struct pixels *pixels, uint32_t width) {
	if (!width || pixels->width <= width)
		return;
	uint64_t high = ((uint64_t)pixels->height * width + pixels->width / 2) / pixels->width;
	struct pixels small = pixels_new(width, high ? (uint32_t)high : 1);
	for (uint32_t y = 0; y < small.height; y++) {
		struct span down = span_of(y, pixels->height, small.height);
		for (uint32_t x = 0; x < small.width; x++) {
			struct span across = span_of(x, pixels->width, small.width);
			mean(pixels, &across, &down, at(&small, x, y));
		}
	}
	take_over(pixels, small);
}

enum { SLOTS = 1024 };

int pixels_palette(const struct pixels *pixels, unsigned char colours[PALETTE_MAX * PIXEL], unsigned char *places) {
	uint32_t keys[SLOTS], key;
	short slots[SLOTS];
	int count = 0;
	memset(slots, -1, sizeof slots);
	for (size_t i = 0; i < (size_t)pixels->width * pixels->height; i++) {
		memcpy(&key, pixels->bytes + i * PIXEL, PIXEL);
		uint32_t slot = (key * 2654435761U) >> 22;
		while (slots[slot] >= 0 && keys[slot] != key)
			slot = (slot + 1) % SLOTS;
		if (slots[slot] < 0) {
			if (count == PALETTE_MAX)
				return 0;
			memcpy(colours + (size_t)count * PIXEL, &key, PIXEL);
			keys[slot] = key;
			slots[slot] = (short)count++;
		}
		places[i] = (unsigned char)slots[slot];
	}
	return count;
}

bool pixels_are_opaque(const struct pixels *pixels) {
	for (size_t i = 0; i < (size_t)pixels->width * pixels->height; i++)
		if (pixels->bytes[i * PIXEL + 3] != 0xff)
			return false;
	return true;
}
