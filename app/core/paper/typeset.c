/* Measuring, shaping and drawing text. Shaping dominates the time for a report, and each cell is measured twice and
 * drawn, in two passes, so shaped texts are cached. */
#include <string.h>

#include "core/base/text.h"
#include "core/paper/sheet.h"

enum { KEPT_MAX = 4096 };

/* A shaped text. On one line (width -1) it does not depend on its position. */
struct shape {
	PangoLayout *layout;
	char *text;
	double size, width, drawn, height; /* width: available; drawn: used */
	bool bold;
	int lines;
	PangoAlignment align;
};

static guint shape_hash(gconstpointer item) {
	const struct shape *shape = item;
	return g_str_hash(shape->text) * 31 + (guint)(shape->size * 8 + shape->width * 64) * 2 + shape->bold;
}

static gboolean shape_equal(gconstpointer a, gconstpointer b) {
	const struct shape *x = a, *y = b;
	return x->size == y->size && x->width == y->width && x->bold == y->bold && x->lines == y->lines &&
	       x->align == y->align && strcmp(x->text, y->text) == 0;
}

static void shape_free(gpointer item) {
	struct shape *shape = item;
	g_object_unref(shape->layout);
	g_free(shape->text);
	g_free(shape);
}

/* Measurements must not depend on the surface: none are rounded to pixels. */
struct typeset *typeset_new(void) {
	struct typeset *set = g_new0(struct typeset, 1);
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	set->context = pango_font_map_create_context(pango_cairo_font_map_get_default());
	pango_cairo_context_set_font_options(set->context, options);
	cairo_font_options_destroy(options);
	for (int bold = 0; bold < 2; bold++) {
		set->fonts[bold] = pango_font_description_from_string("Inter, DejaVu Sans");
		pango_font_description_set_weight(set->fonts[bold], bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
	}
	set->figures = pango_attr_list_new();
	pango_attr_list_insert(set->figures, pango_attr_font_features_new("tnum=1"));
	pango_attr_list_insert(set->figures, pango_attr_insert_hyphens_new(FALSE)); /* a copied address stays what it is */
	set->shapes = g_hash_table_new_full(shape_hash, shape_equal, shape_free, NULL);
	return set;
}

void typeset_free(struct typeset *set) {
	g_hash_table_unref(set->shapes);
	pango_attr_list_unref(set->figures);
	for (int bold = 0; bold < 2; bold++)
		pango_font_description_free(set->fonts[bold]);
	g_object_unref(set->context);
	g_free(set);
}

PangoLayout *typeset_layout(struct typeset *set, const char *text, const struct face *face, double width, int lines,
                            PangoAlignment align) {
	PangoLayout *layout = pango_layout_new(set->context);
	PangoFontDescription *font = set->fonts[face->bold];
	pango_font_description_set_absolute_size(font, face->size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_layout_set_attributes(layout, set->figures);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	pango_layout_set_width(layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
	pango_layout_set_height(layout, -lines);
	pango_layout_set_alignment(layout, align);
	ARENA_AUTO arena = arena_new();
	pango_layout_set_text(layout, text_straight(arena, text_drawable(arena, text)), -1);
	return layout;
}

static const struct shape *shape_of(struct typeset *set, const char *text, const struct face *face, double width,
                                    int lines, PangoAlignment align) {
	struct shape wanted = { .text = (char *)(uintptr_t)text,
		                    .size = face->size,
		                    .width = width,
		                    .bold = face->bold,
		                    .lines = lines,
		                    .align = align };
	struct shape *shape = g_hash_table_lookup(set->shapes, &wanted);
	int drawn, height;
	if (shape)
		return shape;
	if (g_hash_table_size(set->shapes) >= KEPT_MAX)
		g_hash_table_remove_all(set->shapes);
	shape = g_new(struct shape, 1);
	*shape = wanted;
	shape->text = g_strdup(text);
	shape->layout = typeset_layout(set, text, face, width, lines, align);
	pango_layout_get_size(shape->layout, &drawn, &height);
	shape->drawn = (double)drawn / PANGO_SCALE;
	shape->height = (double)height / PANGO_SCALE;
	g_hash_table_add(set->shapes, shape);
	return shape;
}

/* The text on one line if it fits, aligned by the caller; else wrapped. Right-to-left text is left to pango, which
 * mirrors its alignment. */
static const struct shape *fitting(struct typeset *set, const char *text, const struct face *face, double width,
                                   int lines, PangoAlignment align) {
	if (!strchr(text, '\n')) {
		const struct shape *line = shape_of(set, text, face, -1, 1, PANGO_ALIGN_LEFT);
		if (line->drawn <= width && pango_layout_get_direction(line->layout, 0) != PANGO_DIRECTION_RTL)
			return line;
	}
	return shape_of(set, text, face, width, lines, align);
}

double text_width(struct sheet *sheet, const char *text, const struct face *face) {
	return shape_of(sheet->set, text, face, -1, 1, PANGO_ALIGN_LEFT)->drawn;
}

double text_height(struct sheet *sheet, const char *text, const struct face *face, double width, int lines) {
	return fitting(sheet->set, text, face, width, lines, PANGO_ALIGN_LEFT)->height;
}

double text_draw(struct sheet *sheet, const char *text, const struct face *face, double x, double y, double width,
                 int lines, PangoAlignment align) {
	const struct shape *shape = fitting(sheet->set, text, face, width, lines, align);
	double rest = shape->width < 0 ? width - shape->drawn : 0;
	if (sheet_draws(sheet)) {
		sheet_colour(sheet, &face->colour);
		cairo_move_to(sheet->cr,
		              x + (align == PANGO_ALIGN_RIGHT    ? rest
		                   : align == PANGO_ALIGN_CENTER ? rest / 2
		                                                 : 0),
		              y);
		pango_cairo_show_layout(sheet->cr, shape->layout);
	}
	return shape->height;
}
