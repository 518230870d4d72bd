/* The one value of EXIF that matters: how the camera was held (CIPA DC-008, 4.6.4). */
#include <string.h>

#include "media/image_kind.h"

enum { MARK = 6, TIFF_HEAD = 8, ENTRY = 12, ORIENTATION = 0x0112, SHORT = 3, TURNS = 8 };

struct tiff {
	const unsigned char *bytes;
	size_t size;
	bool big_end_first;
};

static unsigned read_u16(const struct tiff *tiff, size_t at) {
	const unsigned char *b = tiff->bytes + at;
	return tiff->big_end_first ? (unsigned)b[0] << 8 | b[1] : (unsigned)b[1] << 8 | b[0];
}

static size_t read_u32(const struct tiff *tiff, size_t at) {
	unsigned first = read_u16(tiff, at), second = read_u16(tiff, at + 2);
	return tiff->big_end_first ? (size_t)first << 16 | second : (size_t)second << 16 | first;
}

int exif_turn(const unsigned char *bytes, size_t size) {
	if (size < MARK + TIFF_HEAD || memcmp(bytes, "Exif\0\0", MARK) != 0)
		return 1;
	struct tiff tiff = { bytes + MARK, size - MARK, bytes[MARK] == 'M' };
	if (memcmp(tiff.bytes, tiff.big_end_first ? "MM\0*" : "II*\0", 4) != 0)
		return 1;
	size_t at = read_u32(&tiff, 4);
	if (at > tiff.size - 2)
		return 1;
	unsigned entries = read_u16(&tiff, at);
	at += 2;
	for (unsigned i = 0; i < entries && tiff.size - at >= ENTRY; i++, at += ENTRY) {
		if (read_u16(&tiff, at) != ORIENTATION || read_u16(&tiff, at + 2) != SHORT)
			continue;
		unsigned turn = read_u16(&tiff, at + 8);
		return turn >= 1 && turn <= TURNS ? (int)turn : 1;
	}
	return 1;
}
