/* Decoding and encoding: libpng and libjpeg-turbo. */
#include "media/recode.h"

#include <glib.h>
#include <png.h>
#include <string.h>
#include <turbojpeg.h>

#include "media/image_kind.h"
#include "media/pixels.h"

enum { JPEG_QUALITY = 85 };

static bool unpack_png(const struct buf *needed, const struct image *image, struct pixels *pixels) {
	png_image png = { .version = PNG_IMAGE_VERSION };
	bool fine = png_image_begin_read_from_memory(&png, needed->bytes, needed->size) && png.width == image->width &&
	            png.height == image->height;
	if (fine) {
		*pixels = pixels_new(png.width, png.height);
		png.format = PNG_FORMAT_RGBA;
		fine = png_image_finish_read(&png, NULL, pixels->bytes, 0, NULL);
	}
	png_image_free(&png);
	return fine;
}

/* Warnings count: a picture that is damaged in the middle is not taken. */
static bool unpack_jpeg(const struct buf *needed, const struct image *image, struct pixels *pixels) {
	tjhandle jpeg = tjInitDecompress();
	const unsigned char *data = (const unsigned char *)needed->bytes;
	int width = 0, height = 0, sampling, colours;
	bool fine = jpeg && tjDecompressHeader3(jpeg, data, needed->size, &width, &height, &sampling, &colours) == 0 &&
	            width == (int)image->width && height == (int)image->height;
	if (fine) {
		*pixels = pixels_new(image->width, image->height);
		fine = tjDecompress2(jpeg, data, needed->size, pixels->bytes, width, 0, height, TJPF_RGBA,
		                     TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) == 0;
	}
	if (jpeg)
		(void)tjDestroy(jpeg);
	return fine;
}

static bool pack_jpeg(const struct pixels *pixels, bool grey, struct buf *out) {
	tjhandle jpeg = tjInitCompress();
	unsigned char *data = NULL;
	unsigned long size = 0;
	bool fine = jpeg && tjCompress2(jpeg, pixels->bytes, (int)pixels->width, 0, (int)pixels->height, TJPF_RGBA, &data,
	                                &size, grey ? TJSAMP_GRAY : TJSAMP_420, JPEG_QUALITY, TJFLAG_PROGRESSIVE) == 0;
	if (fine)
		buf_add(out, (const char *)data, size);
	tjFree(data);
	if (jpeg)
		(void)tjDestroy(jpeg);
	return fine;
}

static bool write_png(png_image *png, const void *rows, const void *colours, struct buf *out) {
	png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(*png);
	g_autofree char *bytes = g_malloc(size);
	bool fine = png_image_write_to_memory(png, bytes, &size, 0, rows, 0, colours);
	if (fine)
		buf_add(out, bytes, size);
	png_image_free(png);
	return fine;
}

/* Without the fourth byte of each pixel, in place. */
static void drop_opacity(struct pixels *pixels) {
	for (size_t i = 0; i < (size_t)pixels->width * pixels->height; i++)
		memmove(pixels->bytes + i * 3, pixels->bytes + i * PIXEL, 3);
}

/* With a palette if it has few colours, as drawings and screenshots do: a quarter of the size. */
static bool pack_png(struct pixels *pixels, struct buf *out) {
	unsigned char colours[PALETTE_MAX * PIXEL];
	png_image png = { .version = PNG_IMAGE_VERSION, .width = pixels->width, .height = pixels->height };
	g_autofree unsigned char *places = g_malloc((gsize)pixels->width * pixels->height);
	int count = pixels_palette(pixels, colours, places);
	if (count) {
		png.format = PNG_FORMAT_RGBA_COLORMAP;
		png.colormap_entries = (png_uint_32)count;
		return write_png(&png, places, colours, out);
	}
	bool opaque = pixels_are_opaque(pixels);
	if (opaque)
		drop_opacity(pixels);
	png.format = opaque ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
	return write_png(&png, pixels->bytes, NULL, out);
}

static bool recode(const struct buf *needed, uint32_t width, struct image *image, struct buf *out) {
	PIXELS_AUTO pixels = { 0 };
	bool png = image->kind == IMAGE_PNG;
	if (!(png ? unpack_png : unpack_jpeg)(needed, image, &pixels))
		return false;
	pixels_turn(&pixels, image->turn);
	pixels_shrink(&pixels, width);
	image->width = pixels.width;
	image->height = pixels.height;
	image->turn = 1;
	return png ? pack_png(&pixels, out) : pack_jpeg(&pixels, image->grey, out);
}

bool image_recode(const char *bytes, size_t size, uint32_t width, struct image *image, struct buf *out,
                  struct error *err) {
	BUF_AUTO needed = { 0 };
	size_t before = out->size;
	if (!image_look(bytes, size, image, &needed, err))
		return false;
	if (image->kind == IMAGE_GIF)
		buf_add(out, needed.bytes, needed.size);
	else if (!recode(&needed, width, image, out))
		return image_is_damaged(err);
	return out->size - before <= IMAGE_BYTES_MAX ||
	       error_field(err, "file",
	                   "The image has too many pixels for a PNG. Choose a smaller width, or save it as JPEG");
}
