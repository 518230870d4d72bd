/* Charts as vector graphics. Each series has its own colour, dash pattern and marker, so they can be told apart in
 * greyscale, too. */
#include <math.h>

#include "core/paper/sheet.h"

enum { PLOT_HEIGHT = 140, BAR_HEIGHT = 16, TICKS = 5, LABELS_MAX = 8, MARKS_MAX = 60 };

enum mark { MARK_NONE, MARK_CIRCLE, MARK_SQUARE, MARK_TRIANGLE, MARK_DIAMOND };

static const struct {
	struct colour colour;
	enum mark mark;
	double dash[2];
} looks[ROLE_COUNT] = {
	[ROLE_OPENS] = { HEX(0x1750ac), MARK_CIRCLE },           [ROLE_CLICKS] = { HEX(0xd47418), MARK_SQUARE },
	[ROLE_JOINED] = { HEX(0x3b9b83), MARK_TRIANGLE },        [ROLE_LOST] = { HEX(0x7b1646), MARK_DIAMOND, { 8, 3 } },
	[ROLE_OTHER] = { HEX(0x725a1e), MARK_SQUARE, { 2, 2 } }, [ROLE_PLAIN] = { HEX(0x66667a), MARK_NONE },
	[ROLE_USUAL] = { HEX(0x1a2330), MARK_NONE, { 5, 4 } },
};

struct plot {
	struct sheet *sheet;
	const struct chart *chart;
	double x, y, width, height; /* the area inside the axes */
	double low, high;           /* range of the values */
};

double chart_step(double range, int count) {
	static const double rounds[] = { 1, 2, 2.5, 5, 10 };
	if (!(range > 0))
		return 1;
	double rough = range / count, power = pow(10, floor(log10(rough)));
	for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++)
		if (rounds[i] * power >= rough * 0.999999)
			return rounds[i] * power;
	return 10 * power;
}

static void use_look(struct plot *plot, enum role role) {
	cairo_t *cr = plot->sheet->cr;
	sheet_colour(plot->sheet, &looks[role].colour);
	cairo_set_line_width(cr, 1.4);
	cairo_set_dash(cr, looks[role].dash, looks[role].dash[0] > 0 ? 2 : 0, 0);
}

static void draw_mark(struct plot *plot, enum role role, double x, double y) {
	cairo_t *cr = plot->sheet->cr;
	const double r = 2.2;
	cairo_set_dash(cr, NULL, 0, 0);
	switch (looks[role].mark) {
	case MARK_CIRCLE:
		cairo_new_sub_path(cr);
		cairo_arc(cr, x, y, r, 0, 2 * G_PI);
		break;
	case MARK_SQUARE:
		cairo_rectangle(cr, x - r, y - r, 2 * r, 2 * r);
		break;
	case MARK_TRIANGLE:
		cairo_move_to(cr, x, y - r);
		cairo_line_to(cr, x + r, y + r);
		cairo_line_to(cr, x - r, y + r);
		break;
	case MARK_DIAMOND:
		cairo_move_to(cr, x, y - 1.3 * r);
		cairo_line_to(cr, x + 1.3 * r, y);
		cairo_line_to(cr, x, y + 1.3 * r);
		cairo_line_to(cr, x - 1.3 * r, y);
		break;
	case MARK_NONE:
		break;
	}
	cairo_close_path(cr);
	cairo_fill(cr);
}

static double y_of(const struct plot *plot, double value) {
	return plot->y + plot->height * (1 - (value - plot->low) / (plot->high - plot->low));
}

static double last_position(const struct chart *chart) {
	return chart->count && chart->positions[chart->count - 1] > 0 ? chart->positions[chart->count - 1] : 1;
}

static double x_of(const struct plot *plot, int i) {
	const struct chart *chart = plot->chart;
	if (chart->positions)
		return plot->x + plot->width * chart->positions[i] / last_position(chart);
	return plot->x + plot->width * (i + 0.5) / chart->count;
}

/* Every axis includes zero. Stacked values are summed. */
static void find_range(struct plot *plot) {
	const struct chart *chart = plot->chart;
	plot->low = 0;
	plot->high = 0;
	for (int i = 0; i < chart->count; i++) {
		double up = 0, down = 0;
		for (int s = 0; s < chart->series_count; s++) {
			double value = chart->series[s].values[i];
			if (isnan(value))
				continue;
			if (chart->kind == CHART_STACKED && chart->series[s].role != ROLE_USUAL)
				*(value > 0 ? &up : &down) += value;
			plot->high = fmax(plot->high, fmax(value, up));
			plot->low = fmin(plot->low, fmin(value, down));
		}
	}
	double step = chart_step(plot->high - plot->low, TICKS);
	if (chart->decimals == 0 && step < 1)
		step = 1; /* counts get integer ticks */
	plot->high = fmax(step, ceil(plot->high / step) * step);
	plot->low = floor(plot->low / step) * step;
}

static void draw_line(struct plot *plot, double x0, double y0, double x1, double y1, const struct colour *colour) {
	sheet_colour(plot->sheet, colour);
	cairo_set_dash(plot->sheet->cr, NULL, 0, 0);
	cairo_set_line_width(plot->sheet->cr, 0.5);
	cairo_move_to(plot->sheet->cr, x0, y0);
	cairo_line_to(plot->sheet->cr, x1, y1);
	cairo_stroke(plot->sheet->cr);
}

static int tick_decimals(double step) {
	return step >= 1 && floor(step) == step ? 0 : step * 10 == floor(step * 10) ? 1 : 2;
}

static void draw_value_axis(struct plot *plot) {
	struct arena *arena = plot->sheet->document->arena;
	double step = chart_step(plot->high - plot->low, TICKS);
	if (plot->chart->decimals == 0 && step < 1)
		step = 1;
	int ticks = (int)lround((plot->high - plot->low) / step);
	for (int i = 0; i <= ticks; i++) {
		double value = plot->low + i * step, y = y_of(plot, value);
		draw_line(plot, plot->x, y, plot->x + plot->width, y, fabs(value) < step / 1000 ? &colour_muted : &colour_line);
		(void)text_draw(plot->sheet, arena_print(arena, "%.*f", tick_decimals(step), value), &face_small, plot->x - 40,
		                y - 5, 35, 1, PANGO_ALIGN_RIGHT);
	}
}

static void draw_labels(struct plot *plot) {
	const struct chart *chart = plot->chart;
	double y = plot->y + plot->height + 3;
	int step = (chart->count + LABELS_MAX - 1) / LABELS_MAX;
	if (chart->positions) {
		double hours = chart_step(last_position(chart), LABELS_MAX - 2);
		for (int i = 0; i * hours <= last_position(chart); i++)
			(void)text_draw(plot->sheet, arena_print(plot->sheet->document->arena, "%g h", i * hours), &face_small,
			                plot->x + plot->width * i * hours / last_position(chart) - 20, y, 40, 1,
			                PANGO_ALIGN_CENTER);
		return;
	}
	for (int i = 0; i < chart->count; i += step)
		(void)text_draw(plot->sheet, chart->labels[i], &face_small, x_of(plot, i) - 30, y, 60, 1, PANGO_ALIGN_CENTER);
}

static void draw_series(struct plot *plot, const struct series *series) {
	const struct chart *chart = plot->chart;
	cairo_t *cr = plot->sheet->cr;
	bool open = false;
	double before = NAN;
	use_look(plot, series->role);
	for (int i = 0; i < chart->count; i++) {
		double value = series->values[i];
		if (isnan(value)) {
			open = false;
			continue;
		}
		if (open && chart->kind == CHART_STEPS)
			cairo_line_to(cr, x_of(plot, i), y_of(plot, before));
		if (open)
			cairo_line_to(cr, x_of(plot, i), y_of(plot, value));
		else
			cairo_move_to(cr, x_of(plot, i), y_of(plot, value));
		open = true;
		before = value;
	}
	cairo_stroke(cr);
	for (int i = 0; chart->count <= MARKS_MAX && i < chart->count; i++)
		if (!isnan(series->values[i]))
			draw_mark(plot, series->role, x_of(plot, i), y_of(plot, series->values[i]));
}

static void draw_stacks(struct plot *plot) {
	const struct chart *chart = plot->chart;
	double width = plot->width / chart->count * 0.8;
	for (int i = 0; i < chart->count; i++) {
		double up = 0, down = 0;
		for (int s = 0; s < chart->series_count; s++) {
			const struct series *series = &chart->series[s];
			double value = series->values[i];
			if (series->role == ROLE_USUAL || isnan(value) || value == 0)
				continue;
			double *base = value > 0 ? &up : &down, from = y_of(plot, *base), to = y_of(plot, *base + value);
			*base += value;
			sheet_colour(plot->sheet, &looks[series->role].colour);
			cairo_rectangle(plot->sheet->cr, x_of(plot, i) - width / 2, fmin(from, to), width, fabs(to - from));
			cairo_fill(plot->sheet->cr);
		}
	}
}

static double legend_item(struct plot *plot, const struct series *series, double x, double y) {
	cairo_t *cr = plot->sheet->cr;
	bool block = plot->chart->kind == CHART_BARS || (plot->chart->kind == CHART_STACKED && series->role != ROLE_USUAL);
	use_look(plot, series->role);
	if (block) {
		cairo_rectangle(cr, x, y + 1, 9, 8);
		cairo_fill(cr);
	} else {
		cairo_move_to(cr, x, y + 5);
		cairo_line_to(cr, x + 18, y + 5);
		cairo_stroke(cr);
		draw_mark(plot, series->role, x + 9, y + 5);
	}
	double width = text_width(plot->sheet, series->label, &face_small);
	(void)text_draw(plot->sheet, series->label, &face_small, x + (block ? 13 : 22), y, width + 2, 1, PANGO_ALIGN_LEFT);
	return width + (block ? 13 : 22) + 14;
}

static void draw_legend(struct plot *plot, double y) {
	double x = plot->sheet->left;
	for (int s = 0; s < plot->chart->series_count; s++)
		x += legend_item(plot, &plot->chart->series[s], x, y);
}

/* One bar per label, with its value at the end. */
static void draw_bars(struct plot *plot) {
	const struct chart *chart = plot->chart;
	const struct series *series = &chart->series[0];
	struct sheet *sheet = plot->sheet;
	double label = sheet->width * 0.38, max = 0;
	for (int i = 0; i < chart->count; i++)
		max = fmax(max, isnan(series->values[i]) ? 0 : series->values[i]);
	for (int i = 0; i < chart->count; i++) {
		double y = plot->y + i * BAR_HEIGHT, value = isnan(series->values[i]) ? 0 : series->values[i];
		double width = max > 0 ? (sheet->width - label - 60) * value / max : 0;
		(void)text_draw(sheet, chart->labels[i], &face_small, sheet->left, y + 2, label - 8, 1, PANGO_ALIGN_RIGHT);
		sheet_colour(sheet, &looks[series->role].colour);
		cairo_rectangle(sheet->cr, sheet->left + label, y + 2, width, BAR_HEIGHT - 5);
		cairo_fill(sheet->cr);
		(void)text_draw(sheet,
		                isnan(series->values[i]) ? "–"
		                                         : arena_print(sheet->document->arena, "%.*f", chart->decimals, value),
		                &face_small, sheet->left + label + width + 4, y + 2, 56, 1, PANGO_ALIGN_LEFT);
	}
}

static void draw_plot(struct plot *plot) {
	struct sheet *sheet = plot->sheet;
	draw_legend(plot, sheet->y);
	sheet->y += 18;
	*plot = (struct plot){ sheet,       plot->chart, sheet->left + 42, sheet->y, sheet->width - 42,
		                   PLOT_HEIGHT, plot->low,   plot->high };
	find_range(plot);
	draw_value_axis(plot);
	draw_labels(plot);
	if (plot->chart->kind == CHART_STACKED)
		draw_stacks(plot);
	for (int s = 0; s < plot->chart->series_count; s++)
		if (plot->chart->kind != CHART_STACKED || plot->chart->series[s].role == ROLE_USUAL)
			draw_series(plot, &plot->chart->series[s]);
	sheet->y += PLOT_HEIGHT + 22;
}

void chart_draw(struct sheet *sheet, const struct chart *chart) {
	static const struct face title = { 10.5, true, HEX(0x1a2330) };
	bool bars = chart->kind == CHART_BARS;
	double height = bars ? chart->count * BAR_HEIGHT : PLOT_HEIGHT + 40;
	struct plot plot = { .sheet = sheet, .chart = chart };
	sheet_need(sheet, height + 60);
	sheet_tag(sheet, "H3");
	sheet->y += text_draw(sheet, chart->title, &title, sheet->left, sheet->y, sheet->width, 2, PANGO_ALIGN_LEFT);
	sheet_end(sheet, "H3");
	sheet_tag(sheet, "P");
	sheet->y += text_draw(sheet, chart->unit, &face_small, sheet->left, sheet->y, sheet->width, 2, PANGO_ALIGN_LEFT);
	if (chart->finding)
		sheet->y += text_draw(sheet, chart->finding, &face_body, sheet->left, sheet->y, sheet->width, 3,
		                      PANGO_ALIGN_LEFT);
	sheet_end(sheet, "P");
	sheet->y += 6;
	if (chart->count == 0)
		return;
	sheet_tag(sheet, "Figure");
	if (bars) {
		plot.y = sheet->y;
		draw_bars(&plot);
		sheet->y += height + 8;
	} else {
		draw_plot(&plot);
	}
	sheet_end(sheet, "Figure");
}
