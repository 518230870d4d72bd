/* Tables that continue over pages, repeating their heads. */
#include <math.h>

#include "core/base/text.h"
#include "core/paper/sheet.h"

enum {
	COLUMNS_MAX = 16,
	CELL_LINES = 4,
	WHOLE_LINES = 60, /* 2,000 characters, the longest address, fit on a page */
	MEASURED_ROWS = 200,
	HEAD_WIDTH = 58,
	SHORT_WIDTH = 95,
	TEXT_WIDTH = 110,
	WIDE_COLUMNS = 7
};

static const struct face face_cell = { 8.5, false, HEX(0x1a2330) }, face_head = { 8.5, true, HEX(0x1a2330) },
						 face_tight = { 7.5, false, HEX(0x1a2330) }, face_tight_head = { 7.5, true, HEX(0x1a2330) };

static const char *text_of(const struct cell *cell) {
	return cell->text ? cell->text : "";
}

static const char *cell_at(const struct table *table, int row, int column) {
	return text_of(&table->cells[(size_t)row * (size_t)table->column_count + (size_t)column]);
}

static int lines_of(const struct column *column) {
	return column->whole ? WHOLE_LINES : CELL_LINES;
}

/* Columns of numbers and short texts get their natural width; the others share the rest in proportion to theirs. */
/* Tables with many columns use smaller type. */
static const struct face *face_of(const struct table *table, bool head) {
	bool tight = table->column_count > WIDE_COLUMNS;
	return head ? (tight ? &face_tight_head : &face_head) : (tight ? &face_tight : &face_cell);
}

static double natural_width(struct sheet *sheet, const struct table *table, int column) {
	int rows = table->row_count < MEASURED_ROWS ? table->row_count : MEASURED_ROWS;
	double width = text_width(sheet, table->columns[column].label, face_of(table, true));
	if (table->columns[column].numeric)
		width = fmin(width, HEAD_WIDTH); /* long heads may wrap */
	for (int r = 0; r < rows; r++)
		width = fmax(width, text_width(sheet, cell_at(table, r, column), face_of(table, false)));
	if (table->totals && table->columns[column].numeric)
		width = fmax(width, text_width(sheet, text_of(&table->totals[column]), face_of(table, true)));
	return width + 10;
}

static void measure_columns(struct sheet *sheet, const struct table *table, double widths[COLUMNS_MAX]) {
	double fixed = 0, wished = 0;
	bool shares[COLUMNS_MAX];
	for (int c = 0; c < table->column_count; c++) {
		widths[c] = natural_width(sheet, table, c);
		shares[c] = !table->columns[c].numeric && widths[c] > SHORT_WIDTH;
		if (shares[c])
			widths[c] = fmin(widths[c], sheet->width * 0.6);
		*(shares[c] ? &wished : &fixed) += widths[c];
	}
	/* Numeric columns always leave room for text beside them. */
	double max = wished > 0 ? sheet->width - TEXT_WIDTH : sheet->width;
	double scale = fixed > max || wished <= 0 ? max / fixed : 1, rest = sheet->width - fixed * scale;
	for (int c = 0; c < table->column_count; c++)
		widths[c] *= shares[c] ? rest / wished : scale;
}

static double row_height(struct sheet *sheet, const struct table *table, const struct cell *cells,
                         const struct face *face, const double *widths) {
	double height = 0;
	for (int c = 0; c < table->column_count; c++)
		height = fmax(height,
		              text_height(sheet, text_of(&cells[c]), face, widths[c] - 8, lines_of(&table->columns[c])));
	return height + 6;
}

static void draw_row(struct sheet *sheet, const struct table *table, const struct cell *cells, const struct face *face,
                     const double *widths, double height, const char *cell_tag) {
	double x = sheet->left;
	sheet_tag(sheet, "TR");
	for (int c = 0; c < table->column_count; c++) {
		sheet_tag(sheet, cell_tag);
		(void)text_draw(sheet, text_of(&cells[c]), face, x + 4, sheet->y + 3, widths[c] - 8,
		                lines_of(&table->columns[c]), table->columns[c].numeric ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
		sheet_end(sheet, cell_tag);
		x += widths[c];
	}
	sheet_end(sheet, "TR");
	sheet->y += height;
	sheet_rule(sheet, sheet->y);
}

static void draw_head(struct sheet *sheet, const struct table *table, const struct cell *heads, const double *widths,
                      double height) {
	sheet_colour(sheet, &colour_shade);
	cairo_rectangle(sheet->cr, sheet->left, sheet->y, sheet->width, height);
	cairo_fill(sheet->cr);
	draw_row(sheet, table, heads, face_of(table, true), widths, height, "TH");
}

void table_draw(struct sheet *sheet, const struct table *table) {
	double widths[COLUMNS_MAX];
	struct cell heads[COLUMNS_MAX];
	if (table->column_count > COLUMNS_MAX || table->column_count < 1)
		return;
	measure_columns(sheet, table, widths);
	for (int c = 0; c < table->column_count; c++)
		heads[c] = cell_text(table->columns[c].label);
	double head = row_height(sheet, table, heads, face_of(table, true), widths);
	sheet_need(sheet, head + 60);
	sheet_tag(sheet, "P");
	sheet->y += text_draw(sheet, table->caption, &face_small, sheet->left, sheet->y, sheet->width, 2, PANGO_ALIGN_LEFT);
	sheet_end(sheet, "P");
	sheet->y += 3;
	sheet_tag(sheet, "Table");
	draw_head(sheet, table, heads, widths, head);
	for (int r = 0; r <= table->row_count; r++) {
		bool total = r == table->row_count;
		if (total && !table->totals)
			break;
		const struct cell *cells = total ? table->totals : table->cells + (size_t)r * (size_t)table->column_count;
		const struct face *face = face_of(table, total);
		double height = row_height(sheet, table, cells, face, widths);
		if (sheet->y + height > sheet->bottom) {
			sheet_next_page(sheet);
			draw_head(sheet, table, heads, widths, head);
		}
		draw_row(sheet, table, cells, face, widths, height, "TD");
	}
	sheet_end(sheet, "Table");
	sheet->y += 12;
}
