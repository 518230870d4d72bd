/* Page breaks, with header and footer. */
#include "core/base/text.h"
#include "core/paper/sheet.h"

void sheet_rule(struct sheet *sheet, double y) {
	if (!sheet_draws(sheet))
		return;
	sheet_colour(sheet, &colour_line);
	cairo_set_line_width(sheet->cr, 0.5);
	cairo_move_to(sheet->cr, sheet->left, y);
	cairo_line_to(sheet->cr, sheet->left + sheet->width, y);
	cairo_stroke(sheet->cr);
}

static void draw_header(struct sheet *sheet) {
	const struct document *document = sheet->document;
	(void)text_draw(sheet, document->title, &face_small, sheet->left, 10 * MM, sheet->width * 2 / 3, 1,
	                PANGO_ALIGN_LEFT);
	(void)text_draw(sheet, text_is_empty(document->prepared_by) ? "" : document->prepared_by, &face_small,
	                sheet->left + sheet->width * 2 / 3, 10 * MM, sheet->width / 3, 1, PANGO_ALIGN_RIGHT);
	sheet_rule(sheet, 15 * MM);
}

static void draw_footer(struct sheet *sheet) {
	const struct document *document = sheet->document;
	struct arena *arena = document->arena;
	double y = sheet->paper_height - 12 * MM, half = sheet->width / 2;
	sheet_rule(sheet, y - 2 * MM);
	(void)text_draw(sheet,
	                text_is_empty(document->partner) ? "Confidential"
	                                                 : arena_print(arena, "Confidential: for %s", document->partner),
	                &face_small, sheet->left, y, half * 1.5, 1, PANGO_ALIGN_LEFT);
	(void)text_draw(sheet, arena_print(arena, "Page %d of %d", sheet->page, sheet->total), &face_small,
	                sheet->left + half, y, half, 1, PANGO_ALIGN_RIGHT);
}

void sheet_begin_page(struct sheet *sheet) {
	sheet->page++;
	sheet->y = sheet->top;
	sheet->bottom = sheet->paper_height - 18 * MM - (sheet->page == 1 ? sheet->foot : 0);
	if (sheet->page > 1)
		draw_header(sheet);
	draw_footer(sheet);
}

void sheet_next_page(struct sheet *sheet) {
	cairo_show_page(sheet->cr);
	if (sheet->only_first) {
		cairo_rectangle(sheet->cr, 0, 0, 0, 0);
		cairo_clip(sheet->cr);
	}
	sheet_begin_page(sheet);
}

void sheet_need(struct sheet *sheet, double height) {
	if (sheet->y + height > sheet->bottom && sheet->y > sheet->top)
		sheet_next_page(sheet);
}
