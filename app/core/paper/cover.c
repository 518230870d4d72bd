/* The head of the first page, and its footnote. */
#include <math.h>

#include "core/base/text.h"
#include "core/paper/sheet.h"

enum { TITLE_LINES = 5, LEAD_LINES = 3, FOOTNOTE_LINES = 6 };

static const struct face face_title = { 21, true, HEX(0x1a2330) }, face_partner = { 12, true, HEX(0x1a2330) },
						 face_footnote = { 8, false, HEX(0x57606a) };

/* At most 40 by 14 mm. */
double logo_draw(struct sheet *sheet, double y) {
	if (!sheet->document->logo)
		return 0;
	cairo_surface_t *image = png_surface(sheet->document->logo, sheet->document->logo_size);
	double width = cairo_image_surface_get_width(image), height = cairo_image_surface_get_height(image), used = 0;
	if (cairo_surface_status(image) == CAIRO_STATUS_SUCCESS && width > 0 && height > 0) {
		double scale = fmin(40 * MM / width, 14 * MM / height);
		cairo_save(sheet->cr);
		cairo_translate(sheet->cr, sheet->left, y);
		cairo_scale(sheet->cr, scale, scale);
		cairo_set_source_surface(sheet->cr, image, 0, 0);
		cairo_paint(sheet->cr);
		cairo_restore(sheet->cr);
		used = height * scale;
	}
	cairo_surface_destroy(image);
	return used;
}

static double draw_line(struct sheet *sheet, const char *tag, const char *text, const struct face *face, int lines) {
	if (text_is_empty(text))
		return 0;
	sheet_tag(sheet, tag);
	double height = text_draw(sheet, text, face, sheet->left, sheet->y, sheet->width, lines, PANGO_ALIGN_LEFT);
	sheet_end(sheet, tag);
	sheet->y += height;
	return height;
}

/* The partner's name stands where there is no logo. */
static double draw_names(struct sheet *sheet, double logo) {
	const struct document *document = sheet->document;
	double half = sheet->width / 2, left = logo, right = 0;
	sheet_tag(sheet, "P");
	if (logo <= 0 && !text_is_empty(document->partner))
		left = text_draw(sheet, document->partner, &face_partner, sheet->left, sheet->y, half, 2, PANGO_ALIGN_LEFT);
	if (!text_is_empty(document->prepared_by)) {
		right = text_draw(sheet, "Prepared by", &face_small, sheet->left + half, sheet->y, half, 1, PANGO_ALIGN_RIGHT);
		right += text_draw(sheet, document->prepared_by, &face_strong, sheet->left + half, sheet->y + right, half, 2,
		                   PANGO_ALIGN_RIGHT);
	}
	sheet_end(sheet, "P");
	return fmax(left, right);
}

static bool has_section(const struct document *document, const char *title) {
	for (const struct part *part = document->first; part; part = part->next)
		if (part->kind == PART_SECTION && text_same(part->text, title))
			return true;
	return false;
}

static const char *footnote_of(const struct sheet *sheet) {
	const struct document *document = sheet->document;
	if (text_is_empty(document->footnote) || !has_section(document, "Definitions"))
		return document->footnote;
	return arena_print(document->arena, "%s All definitions: page %d.", document->footnote,
	                   section_page(sheet, "Definitions"));
}

/* Both passes leave it the room that the first one has measured, before it knew the page. */
static void draw_footnote(struct sheet *sheet) {
	const char *text = footnote_of(sheet);
	if (text_is_empty(text))
		return;
	if (sheet->counting)
		sheet->foot = text_height(sheet, text, &face_footnote, sheet->width, FOOTNOTE_LINES) + 4 * MM;
	sheet->bottom = sheet->paper_height - 18 * MM - sheet->foot;
	sheet_tag(sheet, "P");
	(void)text_draw(sheet, text, &face_footnote, sheet->left, sheet->bottom + 2 * MM, sheet->width, FOOTNOTE_LINES,
	                PANGO_ALIGN_LEFT);
	sheet_end(sheet, "P");
}

void cover_draw(struct sheet *sheet, double logo) {
	const struct document *document = sheet->document;
	draw_footnote(sheet);
	double names = draw_names(sheet, logo);
	sheet->y += names > 0 ? names + 18 : 0;
	draw_line(sheet, "P", document->kicker, &face_muted, 1);
	draw_line(sheet, "H1", document->title, &face_title, TITLE_LINES);
	sheet->y += 2;
	draw_line(sheet, "P", document->lead, &face_muted, LEAD_LINES);
	draw_line(sheet, "P", document->scope, &face_muted, LEAD_LINES);
	sheet->y += 16;
	if (!text_is_empty(document->note)) {
		paragraph_draw(sheet, document->note, &face_body);
		sheet->y += 8;
	}
}
