/* Images that are uploaded, looked at before anything decodes them: what they are, how large, and what of their bytes
 * is needed. Pure; every byte is foreign. */
#ifndef MEDIA_IMAGE_H
#define MEDIA_IMAGE_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/choice.h"

enum image_kind { IMAGE_PNG, IMAGE_JPEG, IMAGE_GIF, IMAGE_KINDS };
extern const struct choices image_kinds;           /* "png" …; also the ends of file names */
extern const char *const image_types[IMAGE_KINDS]; /* "image/png" … */

enum {
	IMAGE_BYTES_MAX = 5 * 1024 * 1024, /* of a file, as it comes and as it is kept */
	IMAGE_SIDE_MAX = 10000,            /* pixels of one side */
	IMAGE_PIXELS_MAX = 25000000,       /* of the whole: some 100 MB decoded */
	GIF_SIDE_MAX = 2000,
	GIF_FRAMES_MAX = 500,
	GIF_PIXELS_MAX = 100000000, /* of all frames together */
	JPEG_SCANS_MAX = 100,
};

struct image {
	enum image_kind kind;
	uint32_t width, height; /* as stored; turned by `turn` they are as shown */
	int frames;             /* more than 1: it moves */
	int turn;               /* EXIF's orientation, 1 to 8 */
	bool grey;              /* of a JPEG: without colours */
};

/* Finds out what it is and appends to `needed` the parts of it from which it is decoded: neither place, camera,
 * profiles nor comments. A GIF is then finished. INVALID names the field "file" and says what is wrong, also that it
 * is another kind of file. */
bool image_look(const char *bytes, size_t size, struct image *image, struct buf *needed, struct error *err) MUST_CHECK;

/* "an SVG drawing", "a web page": what else the bytes are; NULL: nobody knows. Looks at the beginning alone. */
const char *image_other(const char *bytes, size_t size);

#endif
