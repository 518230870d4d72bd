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

/* Header and footer, except on the cover. */
static void draw_frame(struct sheet *sheet) {
	const struct document *document = sheet->document;
	struct arena *arena = document->arena;
	double half = sheet->width / 2, foot = sheet->bottom + 8 * MM;
	if (sheet->page == 1)
		return;
	const char *head = text_is_empty(document->partner)
	                       ? document->title
	                       : arena_print(arena, "%s · %s", document->partner, document->title);
	(void)text_draw(sheet, head, &face_small, sheet->left, 10 * MM, sheet->width * 2 / 3, 1, PANGO_ALIGN_LEFT);
	(void)text_draw(sheet, document->period ? document->period : "", &face_small, sheet->left + sheet->width * 2 / 3,
	                10 * MM, sheet->width / 3, 1, PANGO_ALIGN_RIGHT);
	sheet_rule(sheet, 15 * MM);
	sheet_rule(sheet, foot - 2 * MM);
	(void)text_draw(sheet,
	                arena_print(arena, "Made %s · document %s", text_of_moment(arena, document->made_at),
	                            document->id ? document->id : "–"),
	                &face_small, sheet->left, foot, half * 1.5, 1, PANGO_ALIGN_LEFT);
	(void)text_draw(sheet, arena_print(arena, "Page %d of %d", sheet->page, sheet->total), &face_small,
	                sheet->left + half, foot, half, 1, PANGO_ALIGN_RIGHT);
}

void sheet_begin_page(struct sheet *sheet) {
	sheet->page++;
	sheet->y = sheet->top;
	draw_frame(sheet);
}

void sheet_next_page(struct sheet *sheet) {
	cairo_show_page(sheet->cr);
	sheet_begin_page(sheet);
}

void sheet_need(struct sheet *sheet, double height) {
	if (sheet->y + height > sheet->bottom && sheet->y > sheet->top)
		sheet_next_page(sheet);
}
