/* The document, part by part. Tables, charts, the head of the first page and strips have their own files. */
#include "core/paper/pdf.h"

#include <cairo-pdf.h>
#include <math.h>
#include <string.h>

#include "core/base/text.h"
#include "core/paper/picture.h"
#include "core/paper/sheet.h"

enum { TITLE_LINES = 4, TEXT_LINES = 200, HOURS_MAX = 15 };

static const struct face face_section = { 15, true, HEX(0x1a2330) };

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

void paragraph_draw(struct sheet *sheet, const char *text, const struct face *face) {
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

int section_page(const struct sheet *sheet, const char *title) {
	for (int i = 0; i < sheet->entry_count; i++)
		if (sheet->entries[i].level == 0 && text_same(sheet->entries[i].text, title))
			return sheet->entries[i].page;
	return 0;
}

/* Roughly, of a table that is not long. */
static double table_height(const struct table *table) {
	return table->only_csv ? 0 : 22 + fmin(table->row_count, 5) * 15.5;
}

static double part_height(struct sheet *sheet, const struct part *part) {
	switch (part->kind) {
	case PART_TEXT:
	case PART_NOTE:
		return fmin(text_height(sheet, part->text, &face_body, sheet->width, TEXT_LINES) + 6, 60);
	case PART_CHART:
		return chart_height(part->chart) + (part->chart->told ? 0 : part->chart->kind == CHART_STEPS ? 56 : 60);
	case PART_CARDS:
		return 80;
	case PART_MAIL:
	case PART_FINDINGS:
	case PART_FUNNEL:
		return beside_height(sheet, part) + 14;
	case PART_TABLE:
		return table_height(part->table);
	case PART_SECTION:
	case PART_HEADING:
		return 30;
	}
	return 0;
}

/* What follows a title on its page: of a section its first part, of a heading all that belongs to it, if that is less
 * than most of a page. */
static double room_after(struct sheet *sheet, const struct part *title) {
	double height = 0, max = (sheet->bottom - sheet->top) * 0.6;
	bool whole = title->kind == PART_HEADING;
	for (const struct part *part = title->next; part && part->kind != PART_SECTION; part = part->next) {
		bool beside = part->kind == PART_FUNNEL && part->next && part->next->kind == PART_MAIL;
		if (part->kind == PART_HEADING)
			return whole ? height : height + 20 + room_after(sheet, part);
		height += part_height(sheet, part);
		part = beside ? part->next : part;
		if (!whole && part->kind != PART_NOTE && part->kind != PART_TEXT)
			break;
	}
	return fmin(height, max);
}

static void draw_section(struct sheet *sheet, const struct part *part) {
	sheet->inside = false;
	sheet->y += sheet->y > sheet->top ? 12 : 0;
	draw_title(sheet, part->text, &face_section, "H1", 0, room_after(sheet, part) + 8);
}

static void draw_heading(struct sheet *sheet, const struct part *part) {
	sheet->inside = true;
	sheet->y += sheet->y > sheet->top ? 8 : 0;
	draw_title(sheet, part->text, &face_heading, "H2", 1, room_after(sheet, part));
}

/* Growth is read from left to right, so its numbers stand so, too: a column an hour. */
static void draw_hours(struct sheet *sheet, const struct table *numbers) {
	struct arena *arena = sheet->document->arena;
	struct column *columns = arena_array(arena, struct column, numbers->row_count + 1);
	struct table table = { .columns = columns, .column_count = numbers->row_count + 1 };
	table.row_count = numbers->column_count - 1;
	table.cells = arena_array(arena, struct cell, table.row_count * table.column_count);
	columns[0] = (struct column){ .label = numbers->columns[0].label };
	for (int r = 0; r < numbers->row_count; r++)
		columns[r + 1] = (struct column){ numbers->cells[r * numbers->column_count].text, .numeric = true };
	for (int c = 0; c < table.row_count; c++) {
		table.cells[c * table.column_count] = cell_text(numbers->columns[c + 1].label);
		for (int r = 0; r < numbers->row_count; r++)
			table.cells[c * table.column_count + r + 1] = numbers->cells[r * numbers->column_count + c + 1];
	}
	table_draw(sheet, &table);
}

static void draw_chart(struct sheet *sheet, const struct part *part) {
	chart_draw(sheet, part->chart);
	if (part->chart->told)
		return;
	if (part->chart->kind == CHART_STEPS && part->table->row_count <= HOURS_MAX) {
		draw_hours(sheet, part->table);
		return;
	}
	/* Its caption would repeat the chart's title. */
	struct table numbers = *part->table;
	numbers.caption = NULL;
	table_draw(sheet, &numbers);
}

static void draw_table(struct sheet *sheet, const struct table *table) {
	struct table plain = *table;
	if (table->only_csv)
		return;
	if (sheet->inside)
		plain.caption = NULL;
	table_draw(sheet, &plain);
}

/* Returns how many parts it has drawn: an email stands beside what comes before it. */
static int draw_part(struct sheet *sheet, const struct part *part) {
	switch (part->kind) {
	case PART_SECTION:
		draw_section(sheet, part);
		break;
	case PART_HEADING:
		draw_heading(sheet, part);
		break;
	case PART_TEXT:
		paragraph_draw(sheet, part->text, &face_body);
		break;
	case PART_NOTE:
		paragraph_draw(sheet, part->text, &face_small);
		break;
	case PART_CARDS:
		cards_draw(sheet, part->cards, part->card_count);
		break;
	case PART_FINDINGS:
	case PART_MAIL:
	case PART_FUNNEL:
		return beside_draw(sheet, part);
	case PART_CHART:
		draw_chart(sheet, part);
		break;
	case PART_TABLE:
		draw_table(sheet, part->table);
		break;
	}
	return 1;
}

/* At the end, so that every report has it, whatever its parts. */
static void draw_check(struct sheet *sheet) {
	const struct document *document = sheet->document;
	if (text_is_empty(document->check_code))
		return;
	const char *where = text_is_empty(document->check_at) ? ""
	                                                      : arena_print(document->arena, " at %s", document->check_at);
	sheet_need(sheet, 40);
	sheet->y += 8;
	sheet_rule(sheet, sheet->y);
	sheet->y += 8;
	paragraph_draw(sheet,
	               arena_print(document->arena, "Check code %s. Whoever holds a copy can check%s that it is genuine.",
	                           document->check_code, where),
	               &face_small);
}

static void draw_parts(struct sheet *sheet) {
	const struct part *part = sheet->document->first;
	while (part && !(sheet->only_first && sheet->page > 1))
		for (int drawn = draw_part(sheet, part); drawn > 0; drawn--)
			part = part->next;
}

static const char *read_text(struct sheet *sheet, const char *text) {
	struct arena *arena = sheet->document->arena;
	return text_straight(arena, text_drawable(arena, text));
}

static void put_metadata(struct sheet *sheet, cairo_pdf_metadata_t which, const char *text) {
	if (!text_is_empty(text))
		cairo_pdf_surface_set_metadata(sheet->surface, which, read_text(sheet, text));
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
		                                       read_text(sheet, entry->text), link, CAIRO_PDF_OUTLINE_FLAG_OPEN);
		if (!entry->level)
			section = id;
	}
}

static void draw_pages(struct sheet *sheet) {
	sheet->page = 0;
	sheet_begin_page(sheet);
	sheet->y = 18 * MM;
	double logo = logo_draw(sheet, sheet->y);
	sheet_tag(sheet, "Document"); /* makes it a tagged PDF */
	note_entry(sheet, sheet->document->title, 0);
	cover_draw(sheet, logo);
	draw_parts(sheet);
	draw_check(sheet);
	sheet_end(sheet, "Document");
	sheet->total = sheet->page;
	cairo_show_page(sheet->cr);
}

static cairo_status_t close_surface(struct sheet *sheet) {
	cairo_status_t status = cairo_status(sheet->cr);
	cairo_destroy(sheet->cr);
	cairo_surface_finish(sheet->surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(sheet->surface);
	cairo_surface_destroy(sheet->surface);
	return status;
}

/* The first pass over the document only counts and measures. */
static cairo_status_t measure(struct sheet *sheet) {
	sheet->counting = true;
	sheet->surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
	sheet->cr = cairo_create(sheet->surface);
	draw_pages(sheet);
	sheet->counting = false;
	return close_surface(sheet);
}

static cairo_status_t draw(struct sheet *sheet, struct buf *out) {
	sheet->surface = cairo_pdf_surface_create_for_stream(sheet_write, out, sheet->paper_width, sheet->paper_height);
	sheet->cr = cairo_create(sheet->surface);
	set_metadata(sheet);
	add_outline(sheet);
	draw_pages(sheet);
	return close_surface(sheet);
}

/* What would be drawn on later pages is clipped away. */
static cairo_status_t paint(struct sheet *sheet, double scale, struct buf *png) {
	sheet->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(sheet->paper_width * scale),
	                                            (int)(sheet->paper_height * scale));
	sheet->cr = cairo_create(sheet->surface);
	sheet->only_first = true;
	cairo_set_source_rgb(sheet->cr, 1, 1, 1);
	cairo_paint(sheet->cr);
	cairo_scale(sheet->cr, scale, scale);
	draw_pages(sheet);
	cairo_status_t written = cairo_surface_write_to_png_stream(sheet->surface, sheet_write, png);
	cairo_status_t status = close_surface(sheet);
	return status == CAIRO_STATUS_SUCCESS ? written : status;
}

static struct sheet sheet_of(const struct document *document) {
	struct sheet sheet = { .document = document, .left = 15 * MM, .top = 22 * MM };
	sheet.paper_width = paper_sizes[document->paper].width;
	sheet.paper_height = paper_sizes[document->paper].height;
	sheet.width = sheet.paper_width - 30 * MM;
	sheet.set = typeset_new();
	return sheet;
}

static bool done(struct sheet *sheet, cairo_status_t status, int *pages, struct error *err) {
	typeset_free(sheet->set);
	*pages = sheet->total;
	return status == CAIRO_STATUS_SUCCESS || error_set(err, ERROR_FAULT, "PDF: %s", cairo_status_to_string(status));
}

bool pdf_write(const struct document *document, struct buf *out, int *pages, struct error *err) {
	struct sheet sheet = sheet_of(document);
	cairo_status_t status = measure(&sheet);
	if (status == CAIRO_STATUS_SUCCESS)
		status = draw(&sheet, out);
	return done(&sheet, status, pages, err);
}

bool picture_write(const struct document *document, double scale, struct buf *png, struct error *err) {
	int pages;
	struct sheet sheet = sheet_of(document);
	cairo_status_t status = measure(&sheet);
	if (status == CAIRO_STATUS_SUCCESS)
		status = paint(&sheet, scale, png);
	return done(&sheet, status, &pages, err);
}

char *picture_address(const struct buf *png, struct arena *arena) {
	gchar *text = g_base64_encode((const guchar *)png->bytes, png->size);
	char *address = arena_print(arena, "data:image/png;base64,%s", text);
	g_free(text);
	return address;
}
