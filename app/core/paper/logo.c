/* Logos: checked, decoded, scaled down, re-encoded. */
#include "core/paper/logo.h"

#include <math.h>
#include <string.h>
#include <turbojpeg.h>

#include "core/paper/sheet.h"

/* The pixel format of cairo's RGB24, a 32-bit number per pixel. */
enum { PIXELS = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? TJPF_BGRX : TJPF_XRGB };

struct reading {
	const char *bytes;
	size_t size, at;
};

static cairo_status_t read_bytes(void *context, unsigned char *data, unsigned int length) {
	struct reading *reading = context;
	if (reading->size - reading->at < length)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(data, reading->bytes + reading->at, length);
	reading->at += length;
	return CAIRO_STATUS_SUCCESS;
}

static bool check_pixels(uint32_t width, uint32_t height, struct error *err) {
	return (width >= 1 && height >= 1 && width <= LOGO_PIXELS && height <= LOGO_PIXELS) ||
	       error_field(err, "logo", "The logo may be at most %d pixels wide and high, not %u × %u", LOGO_PIXELS, width,
	                   height);
}

/* Big-endian, as in PNG headers (RFC 2083, 4.1.1). */
static uint32_t read_u32(const char *bytes) {
	const unsigned char *b = (const unsigned char *)bytes;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool is_png(const char *bytes, size_t size) {
	static const char signature[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
	return size >= 33 && memcmp(bytes, signature, sizeof signature - 1) == 0;
}

static bool is_jpeg(const char *bytes, size_t size) {
	return size >= 4 && memcmp(bytes, "\xff\xd8\xff", 3) == 0;
}

cairo_surface_t *png_surface(const char *bytes, size_t size) {
	struct reading reading = { bytes, size, 0 };
	return cairo_image_surface_create_from_png_stream(read_bytes, &reading);
}

static cairo_surface_t *unpack_png(const char *bytes, size_t size, struct error *err) {
	return check_pixels(read_u32(bytes + 16), read_u32(bytes + 20), err) ? png_surface(bytes, size) : NULL;
}

/* NULL if damaged. Warnings count: a truncated logo is not accepted. */
static cairo_surface_t *unpack_pixels(tjhandle jpeg, const unsigned char *data, size_t size, int width, int height) {
	cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
	if (cairo_surface_status(image) == CAIRO_STATUS_SUCCESS &&
	    tjDecompress2(jpeg, data, size, cairo_image_surface_get_data(image), width,
	                  cairo_image_surface_get_stride(image), height, PIXELS,
	                  TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) == 0) {
		cairo_surface_mark_dirty(image);
		return image;
	}
	cairo_surface_destroy(image);
	return NULL;
}

static bool damaged(struct error *err) {
	return error_field(err, "logo", "The logo file is damaged");
}

static bool check_colours(int colours, struct error *err) {
	return (colours != TJCS_CMYK && colours != TJCS_YCCK) ||
	       error_field(err, "logo", "The logo is in print colours (CMYK). Save it as RGB");
}

/* Each is a pass over all pixels. In what is compressed, 0xff is followed by 0 or a restart, so this counts no fewer.
 */
static bool check_scans(const unsigned char *data, size_t size, struct error *err) {
	enum { MARK = 0xff, SCAN = 0xda, SCANS_MAX = 50 };
	int scans = 0;
	for (size_t i = 0; i + 1 < size; i++)
		scans += data[i] == MARK && data[i + 1] == SCAN;
	return scans <= SCANS_MAX ||
	       error_field(err, "logo", "The logo is put together from too many layers. Save it as an ordinary JPEG");
}

static cairo_surface_t *unpack_jpeg(const char *bytes, size_t size, struct error *err) {
	tjhandle jpeg = tjInitDecompress();
	const unsigned char *data = (const unsigned char *)bytes;
	int width = 0, height = 0, sampling, colours = 0;
	cairo_surface_t *image = NULL;
	bool known = jpeg && tjDecompressHeader3(jpeg, data, size, &width, &height, &sampling, &colours) == 0 &&
	             width > 0 && height > 0; /* files with only tables have a header, too */
	bool fine = (known || damaged(err)) && check_colours(colours, err) && check_scans(data, size, err) &&
	            check_pixels((uint32_t)width, (uint32_t)height, err);
	if (fine && !(image = unpack_pixels(jpeg, data, size, width, height)))
		(void)damaged(err);
	if (jpeg)
		(void)tjDestroy(jpeg);
	return image;
}

/* The image scaled to at most LOGO_KEPT pixels, or itself if it is small enough. */
static cairo_surface_t *shrunk(cairo_surface_t *image) {
	int width = cairo_image_surface_get_width(image), height = cairo_image_surface_get_height(image);
	double scale = fmin((double)LOGO_KEPT / width, (double)LOGO_KEPT / height);
	if (scale >= 1)
		return cairo_surface_reference(image);
	int wide = (int)fmax(1, width * scale), high = (int)fmax(1, height * scale);
	cairo_surface_t *small = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, wide, high);
	cairo_t *cr = cairo_create(small);
	cairo_scale(cr, (double)wide / width, (double)high / height);
	cairo_set_source_surface(cr, image, 0, 0);
	cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BEST);
	cairo_paint(cr);
	cairo_destroy(cr);
	return small;
}

bool logo_read(const char *bytes, size_t size, struct buf *png, struct error *err) {
	if (size > LOGO_BYTES)
		return error_field(err, "logo", "The logo may be at most %d kB", LOGO_BYTES / 1024);
	if (!is_png(bytes, size) && !is_jpeg(bytes, size))
		return error_field(err, "logo", "The logo must be a PNG or JPEG image");
	cairo_surface_t *image = is_png(bytes, size) ? unpack_png(bytes, size, err) : unpack_jpeg(bytes, size, err);
	if (!image)
		return false;
	cairo_status_t status = cairo_surface_status(image);
	if (status == CAIRO_STATUS_SUCCESS) {
		cairo_surface_t *kept = shrunk(image);
		status = cairo_surface_write_to_png_stream(kept, sheet_write, png);
		cairo_surface_destroy(kept);
	}
	cairo_surface_destroy(image);
	return status == CAIRO_STATUS_SUCCESS || damaged(err);
}
