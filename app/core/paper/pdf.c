/* The document: cover, contents, paragraphs and cards. Tables and charts have their own files. */
#include "core/paper/pdf.h"

#include <cairo-pdf.h>
#include <math.h>
#include <string.h>

#include "core/base/text.h"
#include "core/paper/sheet.h"

enum { TITLE_LINES = 4, TEXT_LINES = 200, CARDS_A_ROW = 3, NOTE_LINES = 5, CONTENTS_MAX = 24 };

static const struct face face_title = { 28, true, HEX(0x1a2330) }, face_section = { 18, true, HEX(0x1a2330) },
						 face_heading = { 12, true, HEX(0x1a2330) }, face_figure = { 20, true, HEX(0x1a2330) },
						 face_large = { 12, false, HEX(0x1a2330) };

static const struct {
	double width, height;
} paper_sizes[PAPER_COUNT] = { [PAPER_A4] = { 595.276, 841.89 }, [PAPER_LETTER] = { 612, 792 } };

static void note_entry(struct sheet *sheet, const char *text, int level) {
	if (!sheet->counting)
		return;
	if (sheet->entry_count == sheet->entry_room) {
		int room = sheet->entry_room ? 2 * sheet->entry_room : 32;
		struct entry *more = arena_array(sheet->document->arena, struct entry, room);
		if (sheet->entry_count)
			memcpy(more, sheet->entries, sizeof *more * (size_t)sheet->entry_count);
		sheet->entries = more;
		sheet->entry_room = room;
	}
	sheet->entries[sheet->entry_count++] = (struct entry){ text, sheet->page, level, sheet->y };
}

static void draw_title(struct sheet *sheet, const char *text, const struct face *face, const char *name, int level,
                       double room_below) {
	double height = text_height(sheet, text, face, sheet->width, TITLE_LINES);
	sheet_need(sheet, height + room_below);
	note_entry(sheet, text, level);
	sheet_tag(sheet, name);
	sheet->y += text_draw(sheet, text, face, sheet->left, sheet->y, sheet->width, TITLE_LINES, PANGO_ALIGN_LEFT);
	sheet_end(sheet, name);
	sheet->y += face->size * 0.5;
}

/* A section starts a new page if much of this one is used. */
static void draw_section(struct sheet *sheet, const char *text) {
	if (sheet->y > sheet->top + (sheet->bottom - sheet->top) * 0.55)
		sheet_next_page(sheet);
	else if (sheet->y > sheet->top)
		sheet->y += 24;
	draw_title(sheet, text, &face_section, "H1", 0, 120);
}

/* Line by line, so that a long text continues on the next page. */
static void draw_paragraph(struct sheet *sheet, const char *text, const struct face *face) {
	PangoLayout *layout = typeset_layout(sheet->set, text, face, sheet->width, TEXT_LINES, PANGO_ALIGN_LEFT);
	PangoLayoutIter *iter = pango_layout_get_iter(layout);
	sheet_tag(sheet, "P");
	do {
		PangoRectangle box;
		pango_layout_iter_get_line_extents(iter, NULL, &box);
		double height = (double)box.height / PANGO_SCALE;
		if (sheet->y + height > sheet->bottom) {
			sheet_end(sheet, "P");
			sheet_next_page(sheet);
			sheet_tag(sheet, "P");
		}
		double ascent = (double)pango_layout_iter_get_baseline(iter) / PANGO_SCALE - (double)box.y / PANGO_SCALE;
		if (sheet_draws(sheet)) {
			sheet_colour(sheet, &face->colour);
			cairo_move_to(sheet->cr, sheet->left + (double)box.x / PANGO_SCALE, sheet->y + ascent);
			pango_cairo_show_layout_line(sheet->cr, pango_layout_iter_get_line_readonly(iter));
		}
		sheet->y += height;
	} while (pango_layout_iter_next_line(iter));
	sheet_end(sheet, "P");
	pango_layout_iter_free(iter);
	g_object_unref(layout);
	sheet->y += face->size * 0.6;
}

static double card_height(struct sheet *sheet, const struct card *card, double width) {
	double height = 18 + 24 + (card->change.text ? 12 : 0);
	return height +
	       (text_is_empty(card->note) ? 0 : text_height(sheet, card->note, &face_small, width - 16, NOTE_LINES)) + 8;
}

static void draw_card(struct sheet *sheet, const struct card *card, double x, double width, double height) {
	const struct face change = { 8.5, true, colour_accent };
	double y = sheet->y + 8, inner = width - 16;
	sheet_colour(sheet, &colour_shade);
	cairo_rectangle(sheet->cr, x, sheet->y, width, height);
	cairo_fill_preserve(sheet->cr);
	sheet_colour(sheet, &colour_line);
	cairo_set_line_width(sheet->cr, 0.5);
	cairo_stroke(sheet->cr);
	sheet_tag(sheet, "P");
	y += text_draw(sheet, card->label, &face_label, x + 8, y, inner, 1, PANGO_ALIGN_LEFT);
	y += text_draw(sheet, card->value.text, &face_figure, x + 8, y, inner, 1, PANGO_ALIGN_LEFT);
	if (card->change.text)
		y += text_draw(sheet, card->change.text, &change, x + 8, y, inner, 1, PANGO_ALIGN_LEFT);
	if (!text_is_empty(card->note))
		(void)text_draw(sheet, card->note, &face_small, x + 8, y, inner, NOTE_LINES, PANGO_ALIGN_LEFT);
	sheet_end(sheet, "P");
}

static void draw_cards(struct sheet *sheet, const struct card *cards, int count) {
	const double gap = 10;
	double width = (sheet->width - gap * (CARDS_A_ROW - 1)) / CARDS_A_ROW;
	for (int first = 0; first < count; first += CARDS_A_ROW) {
		int last = first + CARDS_A_ROW < count ? first + CARDS_A_ROW : count;
		double height = 0;
		for (int i = first; i < last; i++)
			height = fmax(height, card_height(sheet, &cards[i], width));
		sheet_need(sheet, height);
		for (int i = first; i < last; i++)
			draw_card(sheet, &cards[i], sheet->left + (i - first) * (width + gap), width, height);
		sheet->y += height + gap;
	}
	sheet->y += 4;
}

/* At most 40 by 16 mm. */
static double draw_logo(struct sheet *sheet, double y) {
	if (!sheet->document->logo)
		return 0;
	cairo_surface_t *image = png_surface(sheet->document->logo, sheet->document->logo_size);
	double width = cairo_image_surface_get_width(image), height = cairo_image_surface_get_height(image), used = 0;
	if (cairo_surface_status(image) == CAIRO_STATUS_SUCCESS && width > 0 && height > 0) {
		double scale = fmin(40 * MM / width, 16 * MM / height);
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

static void draw_fact(struct sheet *sheet, const char *label, const char *value) {
	if (text_is_empty(value))
		return;
	sheet_tag(sheet, "P");
	(void)text_draw(sheet, label, &face_label, sheet->left, sheet->y + 1, 110, 1, PANGO_ALIGN_LEFT);
	sheet->y += fmax(14, text_draw(sheet, value, &face_body, sheet->left + 115, sheet->y, sheet->width - 115, 3,
	                               PANGO_ALIGN_LEFT) +
	                         3);
	sheet_end(sheet, "P");
}

static void draw_contents(struct sheet *sheet) {
	sheet->y += 24;
	(void)text_draw(sheet, "Contents", &face_heading, sheet->left, sheet->y, sheet->width, 1, PANGO_ALIGN_LEFT);
	sheet->y += 22;
	int shown = 0;
	for (int i = 0; i < sheet->entry_count && shown < CONTENTS_MAX; i++) {
		const struct entry *entry = &sheet->entries[i];
		if (entry->level > 0)
			continue;
		char link[64];
		(void)snprintf(link, sizeof link, "page=%d pos=[%.1f %.1f]", entry->page, sheet->left, entry->y);
		if (sheet_draws(sheet))
			cairo_tag_begin(sheet->cr, CAIRO_TAG_LINK, link);
		(void)text_draw(sheet, entry->text, &face_body, sheet->left, sheet->y, sheet->width - 50, 1, PANGO_ALIGN_LEFT);
		(void)text_draw(sheet, arena_print(sheet->document->arena, "%d", entry->page), &face_body,
		                sheet->left + sheet->width - 50, sheet->y, 50, 1, PANGO_ALIGN_RIGHT);
		sheet_end(sheet, CAIRO_TAG_LINK);
		sheet->y += 15;
		shown++;
	}
}

static void draw_cover(struct sheet *sheet, double logo) {
	const struct document *document = sheet->document;
	struct arena *arena = document->arena;
	sheet->y = sheet->top;
	sheet->y += fmax(logo, 8) + 24;
	sheet_colour(sheet, &colour_accent);
	cairo_rectangle(sheet->cr, sheet->left, sheet->y, 40 * MM, 3);
	cairo_fill(sheet->cr);
	sheet->y += 24;
	sheet_tag(sheet, "H1");
	sheet->y += text_draw(sheet, document->title, &face_title, sheet->left, sheet->y, sheet->width, 5,
	                      PANGO_ALIGN_LEFT);
	sheet_end(sheet, "H1");
	sheet->y += 8;
	if (!text_is_empty(document->partner)) {
		sheet_tag(sheet, "P");
		sheet->y += text_draw(sheet, arena_print(arena, "for %s", document->partner), &face_large, sheet->left,
		                      sheet->y, sheet->width, 2, PANGO_ALIGN_LEFT);
		sheet_end(sheet, "P");
	}
	sheet->y += 24;
	draw_fact(sheet, "Period", document->period);
	draw_fact(sheet, "Compared with", document->compared);
	draw_fact(sheet, "Prepared by", document->prepared_by);
	draw_fact(sheet, "Made", text_of_moment(arena, document->made_at));
	draw_fact(sheet, "Figures as of", text_of_moment(arena, document->data_at));
	draw_fact(sheet, "Document", document->id);
	if (!text_is_empty(document->note)) {
		sheet->y += 12;
		draw_paragraph(sheet, document->note, &face_body);
	}
	draw_contents(sheet);
}

/* Roughly how much of what follows a heading must fit on its page. */
static double room_after(const struct part *heading) {
	double height = 0;
	const struct part *part = heading->next;
	for (; part && part->kind > PART_HEADING && height < 300; part = part->next)
		height += part->kind == PART_CHART ? 230 : part->kind == PART_CARDS ? 80 : 24;
	return fmin(fmax(height, 60), 330);
}

static void draw_part(struct sheet *sheet, const struct part *part) {
	switch (part->kind) {
	case PART_SECTION:
		draw_section(sheet, part->text);
		break;
	case PART_HEADING:
		sheet->y += sheet->y > sheet->top ? 8 : 0;
		draw_title(sheet, part->text, &face_heading, "H2", 1, room_after(part));
		break;
	case PART_TEXT:
		draw_paragraph(sheet, part->text, &face_body);
		break;
	case PART_NOTE:
		draw_paragraph(sheet, part->text, &face_small);
		break;
	case PART_CARDS:
		draw_cards(sheet, part->cards, part->card_count);
		break;
	case PART_CHART:
		chart_draw(sheet, part->chart);
		table_draw(sheet, part->table);
		break;
	case PART_TABLE:
		if (!part->table->only_csv)
			table_draw(sheet, part->table);
		break;
	}
}

static void put_metadata(struct sheet *sheet, cairo_pdf_metadata_t which, const char *text) {
	if (!text_is_empty(text))
		cairo_pdf_surface_set_metadata(sheet->surface, which, text_drawable(sheet->document->arena, text));
}

static void set_metadata(struct sheet *sheet) {
	const struct document *document = sheet->document;
	char made[MOMENT_TEXT];
	put_metadata(sheet, CAIRO_PDF_METADATA_TITLE, document->title);
	put_metadata(sheet, CAIRO_PDF_METADATA_AUTHOR, document->prepared_by);
	put_metadata(sheet, CAIRO_PDF_METADATA_CREATOR, "Telltale");
	put_metadata(sheet, CAIRO_PDF_METADATA_SUBJECT, document->period);
	put_metadata(sheet, CAIRO_PDF_METADATA_CREATE_DATE, moment_format(document->made_at, made));
}

static void add_outline(struct sheet *sheet) {
	int section = CAIRO_PDF_OUTLINE_ROOT;
	for (int i = 0; i < sheet->entry_count; i++) {
		const struct entry *entry = &sheet->entries[i];
		char link[64];
		(void)snprintf(link, sizeof link, "page=%d pos=[%.1f %.1f]", entry->page, sheet->left, entry->y);
		int id = cairo_pdf_surface_add_outline(sheet->surface, entry->level ? section : CAIRO_PDF_OUTLINE_ROOT,
		                                       text_drawable(sheet->document->arena, entry->text), link,
		                                       CAIRO_PDF_OUTLINE_FLAG_OPEN);
		if (!entry->level)
			section = id;
	}
}

/* One pass over the document; the first only counts and measures. */
static cairo_status_t draw(struct sheet *sheet, struct buf *out) {
	sheet->counting = out == NULL;
	sheet->surface = sheet->counting ? cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1)
	                                 : cairo_pdf_surface_create_for_stream(sheet_write, out, sheet->paper_width,
	                                                                       sheet->paper_height);
	sheet->cr = cairo_create(sheet->surface);
	if (!sheet->counting) {
		set_metadata(sheet);
		add_outline(sheet);
	}
	sheet->page = 0;
	sheet_begin_page(sheet);
	double logo = draw_logo(sheet, sheet->top); /* cairo 1.16 accepts images only outside tags */
	sheet_tag(sheet, "Document");               /* makes it a tagged PDF */
	draw_cover(sheet, logo);
	sheet_next_page(sheet);
	for (const struct part *part = sheet->document->first; part; part = part->next)
		draw_part(sheet, part);
	sheet_end(sheet, "Document");
	sheet->total = sheet->page;
	cairo_show_page(sheet->cr);
	cairo_status_t status = cairo_status(sheet->cr);
	cairo_destroy(sheet->cr);
	cairo_surface_finish(sheet->surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(sheet->surface);
	cairo_surface_destroy(sheet->surface);
	return status;
}

bool pdf_write(const struct document *document, struct buf *out, int *pages, struct error *err) {
	struct sheet sheet = { .document = document, .left = 15 * MM, .top = 22 * MM };
	sheet.paper_width = paper_sizes[document->paper].width;
	sheet.paper_height = paper_sizes[document->paper].height;
	sheet.width = sheet.paper_width - 30 * MM;
	sheet.bottom = sheet.paper_height - 20 * MM;
	sheet.set = typeset_new();
	cairo_status_t status = draw(&sheet, NULL);
	if (status == CAIRO_STATUS_SUCCESS)
		status = draw(&sheet, out);
	typeset_free(sheet.set);
	*pages = sheet.total;
	return status == CAIRO_STATUS_SUCCESS || error_set(err, ERROR_FAULT, "PDF: %s", cairo_status_to_string(status));
}
