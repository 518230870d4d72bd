/* Private to the room: a reader for each kind of image. They append what is needed for decoding. */
#ifndef MEDIA_IMAGE_KIND_H
#define MEDIA_IMAGE_KIND_H

#include "media/image.h"

/* Bytes that are read from front to back. */
struct scan {
	const unsigned char *bytes;
	size_t size, at;
};

bool image_look_png(struct scan *scan, struct image *image, struct buf *needed, struct error *err) MUST_CHECK;
bool image_look_jpeg(struct scan *scan, struct image *image, struct buf *needed, struct error *err) MUST_CHECK;
bool image_look_gif(struct scan *scan, struct image *image, struct buf *needed, struct error *err) MUST_CHECK;

/* The orientation in an APP1 segment's content ("Exif\0\0" …); 1 if there is none. */
int exif_turn(const unsigned char *bytes, size_t size);

/* Each raises INVALID for the field "file" and returns false. */
bool image_is_cut(struct error *err);
bool image_is_damaged(struct error *err);
bool image_has_more(struct error *err);
bool image_check_size(uint32_t width, uint32_t height, struct error *err) MUST_CHECK;

#endif
