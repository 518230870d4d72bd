/* Colours, faces, tags and output: the basics of drawing. */
#include "core/paper/sheet.h"

const struct colour colour_text = HEX(0x1a2330), colour_muted = HEX(0x57606a), colour_line = HEX(0xd0d7de),
					colour_accent = HEX(0x0b57b5), colour_shade = HEX(0xf6f8fa);
const struct face face_small = { 8.5, false, HEX(0x57606a) }, face_body = { 9.5, false, HEX(0x1a2330) },
				  face_label = { 9, false, HEX(0x1a2330) }, face_heading = { 12, true, HEX(0x1a2330) },
				  face_muted = { 9.5, false, HEX(0x57606a) }, face_strong = { 9, true, HEX(0x1a2330) };

void sheet_colour(struct sheet *sheet, const struct colour *colour) {
	cairo_set_source_rgb(sheet->cr, colour->r, colour->g, colour->b);
}

void sheet_tag(struct sheet *sheet, const char *name) {
	if (sheet_draws(sheet))
		cairo_tag_begin(sheet->cr, name, NULL);
}

void sheet_end(struct sheet *sheet, const char *name) {
	if (sheet_draws(sheet))
		cairo_tag_end(sheet->cr, name);
}

cairo_status_t sheet_write(void *context, const unsigned char *data, unsigned int length) {
	buf_add(context, (const char *)data, length);
	return CAIRO_STATUS_SUCCESS;
}
