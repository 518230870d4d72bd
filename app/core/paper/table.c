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

static const struct face face_cell = { 8.5, false, HEX(0x1a2330) }, face_name = { 8.5, true, HEX(0x1a2330) },
						 face_head = { 7.5, false, HEX(0x57606a) }, face_below = { 7.5, false, HEX(0x57606a) },
						 face_tight = { 7.5, false, HEX(0x1a2330) }, face_tight_name = { 7.5, true, HEX(0x1a2330) },
						 face_caption = { 8, false, HEX(0x57606a) };

/* A table as it is drawn: the columns that are seen, the one that names the rows first, and their widths. */
struct grid {
	struct sheet *sheet;
	const struct table *table;
	int order[COLUMNS_MAX], count;
	double widths[COLUMNS_MAX];
};

static const char *text_of(const struct cell *cell) {
	return cell->text ? cell->text : "";
}

static const struct column *column_of(const struct grid *grid, int place) {
	return &grid->table->columns[grid->order[place]];
}

static const struct cell *row_of(const struct table *table, int row) {
	return table->cells + (size_t)row * (size_t)table->column_count;
}

static int lines_of(const struct column *column) {
	return column->whole ? WHOLE_LINES : CELL_LINES;
}

/* Tables with many columns use smaller type; what names a row, and a total, is bold. */
static const struct face *face_of(const struct grid *grid, bool strong) {
	bool tight = grid->count > WIDE_COLUMNS;
	return strong ? (tight ? &face_tight_name : &face_name) : (tight ? &face_tight : &face_cell);
}

static double width_of(const struct grid *grid, const struct cell *cells, int place, bool strong) {
	struct sheet *sheet = grid->sheet;
	int at = grid->order[place];
	const char *below = table_below(grid->table, cells, at, sheet->document->arena);
	return fmax(text_width(sheet, text_of(&cells[at]), face_of(grid, strong || place == 0)),
	            below ? text_width(sheet, below, &face_below) : 0);
}

static double natural_width(const struct grid *grid, int place) {
	const struct table *table = grid->table;
	int rows = table->row_count < MEASURED_ROWS ? table->row_count : MEASURED_ROWS;
	double width = text_width(grid->sheet, column_of(grid, place)->label, &face_head);
	if (column_of(grid, place)->numeric)
		width = fmin(width, HEAD_WIDTH); /* long heads may wrap */
	for (int r = 0; r < rows; r++)
		width = fmax(width, width_of(grid, row_of(table, r), place, false));
	if (table->totals && column_of(grid, place)->numeric)
		width = fmax(width, width_of(grid, table->totals, place, true));
	return width + 10;
}

/* Columns of numbers and short texts get their natural width; the others share the rest in proportion to theirs. */
static void measure_columns(struct grid *grid) {
	double fixed = 0, wished = 0, all = grid->sheet->width;
	bool shares[COLUMNS_MAX];
	for (int c = 0; c < grid->count; c++) {
		grid->widths[c] = natural_width(grid, c);
		shares[c] = !column_of(grid, c)->numeric && grid->widths[c] > SHORT_WIDTH;
		if (shares[c])
			grid->widths[c] = fmin(grid->widths[c], all * 0.6);
		*(shares[c] ? &wished : &fixed) += grid->widths[c];
	}
	/* Numeric columns always leave room for text beside them. */
	double max = wished > 0 ? all - TEXT_WIDTH : all;
	double scale = fixed > max || wished <= 0 ? max / fixed : 1, rest = all - fixed * scale;
	for (int c = 0; c < grid->count; c++)
		grid->widths[c] *= shares[c] ? rest / wished : scale;
}

static double row_height(const struct grid *grid, const struct cell *cells, bool strong) {
	struct sheet *sheet = grid->sheet;
	double height = 0;
	for (int c = 0; c < grid->count; c++) {
		int at = grid->order[c];
		const char *below = table_below(grid->table, cells, at, sheet->document->arena);
		double one = text_height(sheet, text_of(&cells[at]), face_of(grid, strong || c == 0), grid->widths[c] - 8,
		                         lines_of(column_of(grid, c)));
		height = fmax(height, one + (below ? text_height(sheet, below, &face_below, grid->widths[c] - 8, 2) : 0));
	}
	return height + 5;
}

static void draw_cell(const struct grid *grid, const struct cell *cells, int place, bool strong, double x) {
	struct sheet *sheet = grid->sheet;
	const struct column *column = column_of(grid, place);
	int at = grid->order[place];
	PangoAlignment align = column->numeric ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
	const char *below = table_below(grid->table, cells, at, sheet->document->arena);
	double width = grid->widths[place] - 8;
	double y = sheet->y + 2.5;
	y += text_draw(sheet, text_of(&cells[at]), face_of(grid, strong || place == 0), x + 4, y, width, lines_of(column),
	               align);
	if (below)
		(void)text_draw(sheet, below, &face_below, x + 4, y, width, 2, align);
}

static void draw_row(const struct grid *grid, const struct cell *cells, bool strong, double height) {
	struct sheet *sheet = grid->sheet;
	double x = sheet->left;
	sheet_tag(sheet, "TR");
	for (int c = 0; c < grid->count; c++) {
		sheet_tag(sheet, c ? "TD" : "TH");
		draw_cell(grid, cells, c, strong, x);
		sheet_end(sheet, c ? "TD" : "TH");
		x += grid->widths[c];
	}
	sheet_end(sheet, "TR");
	sheet->y += height;
	sheet_rule(sheet, sheet->y);
}

static double head_height(const struct grid *grid) {
	double height = 0;
	for (int c = 0; c < grid->count; c++)
		height = fmax(height, text_height(grid->sheet, column_of(grid, c)->label, &face_head, grid->widths[c] - 8, 3));
	return height + 6;
}

static void draw_head(const struct grid *grid, double height) {
	struct sheet *sheet = grid->sheet;
	double x = sheet->left;
	sheet_tag(sheet, "TR");
	for (int c = 0; c < grid->count; c++) {
		const struct column *column = column_of(grid, c);
		double used = text_height(sheet, column->label, &face_head, grid->widths[c] - 8, 3);
		sheet_tag(sheet, "TH");
		(void)text_draw(sheet, column->label, &face_head, x + 4, sheet->y + height - 3 - used, grid->widths[c] - 8, 3,
		                column->numeric ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
		sheet_end(sheet, "TH");
		x += grid->widths[c];
	}
	sheet_end(sheet, "TR");
	sheet->y += height;
	sheet_rule(sheet, sheet->y);
}

static void draw_rows(const struct grid *grid, double head) {
	const struct table *table = grid->table;
	struct sheet *sheet = grid->sheet;
	for (int r = 0; r <= table->row_count; r++) {
		bool total = r == table->row_count;
		if (total && !table->totals)
			break;
		const struct cell *cells = total ? table->totals : row_of(table, r);
		double height = row_height(grid, cells, total);
		if (sheet->y + height > sheet->bottom) {
			sheet_next_page(sheet);
			draw_head(grid, head);
		}
		draw_row(grid, cells, total, height);
	}
}

static bool lay_out(struct grid *grid) {
	const struct table *table = grid->table;
	int name = table_name_column(table);
	if (table->column_count > COLUMNS_MAX || table->column_count < 1)
		return false;
	grid->order[grid->count++] = name;
	for (int c = 0; c < table->column_count; c++)
		if (c != name && !table->columns[c].under)
			grid->order[grid->count++] = c;
	measure_columns(grid);
	return true;
}

void table_draw(struct sheet *sheet, const struct table *table) {
	struct grid grid = { .sheet = sheet, .table = table };
	if (!lay_out(&grid))
		return;
	double head = head_height(&grid);
	sheet_need(sheet, head + 60);
	if (!text_is_empty(table->caption)) {
		sheet_tag(sheet, "P");
		sheet->y += 3 + text_draw(sheet, table->caption, &face_caption, sheet->left, sheet->y, sheet->width, 2,
		                          PANGO_ALIGN_LEFT);
		sheet_end(sheet, "P");
	}
	sheet_tag(sheet, "Table");
	draw_head(&grid, head);
	draw_rows(&grid, head);
	sheet_end(sheet, "Table");
	sheet->y += 10;
}
