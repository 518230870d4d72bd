/* QR codes as pictures. */
#include "codes/qr.h"

#include <glib.h>
#include <png.h>
#include <qrencode.h>

/* Places in the palette, a byte each: the encoder packs them to a bit. */
static void draw(const QRcode *code, int side, unsigned char *pixels) {
	for (int y = 0; y < code->width * QR_MODULE; y++)
		for (int x = 0; x < code->width * QR_MODULE; x++)
			if (code->data[y / QR_MODULE * code->width + x / QR_MODULE] & 1)
				pixels[(y + QR_EDGE * QR_MODULE) * side + x + QR_EDGE * QR_MODULE] = 1;
}

static bool write_picture(const QRcode *code, struct buf *out) {
	static const unsigned char colours[] = { 255, 255, 255, 0, 0, 0 };
	int side = (code->width + 2 * QR_EDGE) * QR_MODULE;
	g_autofree unsigned char *pixels = g_malloc0((size_t)side * (size_t)side);
	png_image png = { .version = PNG_IMAGE_VERSION,
		              .width = (png_uint_32)side,
		              .height = (png_uint_32)side,
		              .format = PNG_FORMAT_RGB_COLORMAP,
		              .colormap_entries = 2 };
	png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
	g_autofree char *bytes = g_malloc(size);
	draw(code, side, pixels);
	bool fine = png_image_write_to_memory(&png, bytes, &size, 0, pixels, 0, colours);
	if (fine)
		buf_add(out, bytes, size);
	png_image_free(&png);
	return fine;
}

bool qr_png(const char *text, struct buf *out) {
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	bool fine = code && write_picture(code, out);
	QRcode_free(code);
	return fine;
}

bool qr_address(const char *text, struct buf *out) {
	BUF_AUTO png = { 0 };
	if (!qr_png(text, &png))
		return false;
	g_autofree char *encoded = g_base64_encode((const unsigned char *)buf_text(&png), png.size);
	buf_text_add(out, "data:image/png;base64,");
	buf_text_add(out, encoded);
	return true;
}
