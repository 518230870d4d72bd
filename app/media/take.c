/* Taking an image: one at a time on a machine. */
#include "media/take.h"

#include <string.h>

#include "core/process/apart.h"
#include "media/recode.h"

enum { SECONDS = 20, MEMORY_MB = 512 };

struct wish {
	const char *bytes;
	size_t size;
	uint32_t width;
};

/* The image's facts, then its bytes. */
static bool work(const void *context, struct buf *out, struct error *err) {
	const struct wish *wish = context;
	struct image image = { 0 };
	buf_add(out, (const char *)&image, sizeof image);
	if (!image_recode(wish->bytes, wish->size, wish->width, &image, out, err))
		return false;
	memcpy(out->bytes, &image, sizeof image);
	return true;
}

static bool take(const struct wish *wish, struct image *image, struct buf *out, struct error *err) {
	static const struct apart_limits limits = { (int64_t)MEMORY_MB * 1024 * 1024, SECONDS,
		                                        IMAGE_BYTES_MAX + sizeof *image };
	BUF_AUTO got = { 0 };
	if (!apart_run(work, wish, &limits, &got, err))
		return err->kind == ERROR_TOO_LARGE
		           ? error_field(err, "file",
		                         "The image cannot be read. Open it in an image program and save it anew, smaller")
		           : false;
	memcpy(image, got.bytes, sizeof *image);
	buf_add(out, got.bytes + sizeof *image, got.size - sizeof *image);
	return true;
}

bool image_take(struct turns *turns, const char *bytes, size_t size, uint32_t width, struct image *image,
                struct buf *out, struct error *err) {
	const struct wish wish = { bytes, size, width };
	if (!turns_begin(turns, "Other images are being read. Try again in a moment", err))
		return false;
	bool fine = take(&wish, image, out, err);
	turns_end(turns);
	return fine;
}
