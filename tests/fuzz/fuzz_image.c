/* Images from outside: whatever the bytes, a verdict in words; what is taken has a size that it may have, and its clean
 * form is taken again and stays as it is. */
#include <stdlib.h>
#include <string.h>

#include "media/image.h"
#include "media/image_kind.h"
#include "media/recode.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

enum { DECODED_PIXELS = 100000 }; /* larger ones are looked at, but not decoded */

static void check_refusal(const struct error *err) {
	if (err->kind != ERROR_INVALID || strcmp(err->field, "file") != 0 || !*err->text)
		abort();
}

static void decode(const char *bytes, size_t size, uint32_t width) {
	BUF_AUTO out = { 0 };
	BUF_AUTO again = { 0 };
	struct error err = ERROR_INIT;
	struct image image, same;
	if (!image_recode(bytes, size, width, &image, &out, &err)) {
		check_refusal(&err);
		return;
	}
	if (image.kind != IMAGE_GIF && width && image.width > width)
		abort();
	if (!image_recode(out.bytes, out.size, 0, &same, &again, &err) || same.kind != image.kind ||
	    same.width != image.width || same.height != image.height || same.frames != image.frames)
		abort();
	if (image.kind != IMAGE_JPEG && (again.size != out.size || memcmp(again.bytes, out.bytes, out.size) != 0))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	BUF_AUTO needed = { 0 };
	struct error err = ERROR_INIT;
	struct image image;
	int turn = exif_turn(bytes, size);
	(void)image_other((const char *)bytes, size);
	if (turn < 1 || turn > 8)
		abort();
	if (!image_look((const char *)bytes, size, &image, &needed, &err)) {
		check_refusal(&err);
		return 0;
	}
	if (!image.width || !image.height || (uint64_t)image.width * image.height > IMAGE_PIXELS_MAX ||
	    needed.size > size + 2)
		abort();
	if ((uint64_t)image.width * image.height <= DECODED_PIXELS)
		decode((const char *)bytes, size, size % 3 ? 0 : 16);
	return 0;
}
