/* Taking an image: one at a time on a machine. */
#include "media/take.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "core/base/moment.h"
#include "core/process/apart.h"
#include "media/recode.h"

enum { WAIT_MS = 10000, LOOK_MS = 50, SECONDS = 20, MEMORY_MB = 512 };

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

static bool await_turn(int file) {
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
	for (int64_t end = monotonic_ms() + WAIT_MS; flock(file, LOCK_EX | LOCK_NB) != 0;) {
		if (monotonic_ms() >= end)
			return false;
		(void)nanosleep(&pause, NULL);
	}
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

bool image_take(const char *lock, const char *bytes, size_t size, uint32_t width, struct image *image, struct buf *out,
                struct error *err) {
	const struct wish wish = { bytes, size, width };
	int file = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (file < 0)
		return error_system(err, "no lock at %s", lock);
	bool fine = await_turn(file)
	                ? take(&wish, image, out, err)
	                : error_wait(err, ERROR_BUSY, 1000, "Other images are being read. Try again in a moment");
	(void)close(file);
	return fine;
}
