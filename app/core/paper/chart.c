/* Charts as vector graphics. Each series has its own colour, dash pattern and marker, so they can be told apart in
 * greyscale, too. */
#include <math.h>

#include "core/paper/sheet.h"

enum {
	PLOT_HEIGHT = 132,
	LOW_HEIGHT = 62,
	TICKS = 5,
	LABELS_MAX = 8,
	MARKS_MAX = 60,
	MARK_HEIGHT = 14,
	AXIS = 34,
	ENDS = 62
};

enum mark { MARK_NONE, MARK_CIRCLE, MARK_SQUARE, MARK_TRIANGLE, MARK_DIAMOND };

static const struct {
	struct colour colour;
	enum mark mark;
	double dash[2];
} looks[ROLE_COUNT] = {
	[ROLE_OPENS] = { HEX(0x1750ac), MARK_CIRCLE },
	[ROLE_CLICKS] = { HEX(0xd47418), MARK_SQUARE },
	[ROLE_JOINED] = { HEX(0x3b9b83), MARK_TRIANGLE },
	[ROLE_LOST] = { HEX(0x7b1646), MARK_DIAMOND, { 8, 3 } },
	[ROLE_OTHER] = { HEX(0x725a1e), MARK_SQUARE, { 2, 2 } },
	[ROLE_PLAIN] = { HEX(0x66667a), MARK_NONE },
	[ROLE_MEAN] = { HEX(0x1a2330), MARK_NONE, { 5, 4 } },
	[ROLE_BENCHMARK] = { HEX(0x1a2330), MARK_NONE, { 2, 3 } },
	[ROLE_LOW] = { HEX(0x66667a), MARK_NONE },
	[ROLE_HIGH] = { HEX(0x66667a), MARK_NONE },
};

static const struct face face_mark = { 8, true, HEX(0x1a2330) }, face_sum = { 7, false, HEX(0x1a2330) };

const struct colour *role_colour(enum role role) {
	return &looks[role].colour;
}

bool chart_has_marks(enum role role) {
	return looks[role].mark != MARK_NONE;
}

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
	double hours = chart->count ? chart->points[chart->count - 1].hours : 0;
	return hours > 0 ? hours : 1;
}

static bool is_edge(const struct series *series) {
	return series->role == ROLE_LOW || series->role == ROLE_HIGH;
}

static double x_of(const struct plot *plot, int i) {
	const struct chart *chart = plot->chart;
	if (chart->kind == CHART_STEPS)
		return plot->x + plot->width * chart->points[i].hours / last_position(chart);
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
			if (chart->kind == CHART_STACKED && chart->series[s].role != ROLE_MEAN)
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
		const char *mark = plot->chart->mark ? arena_print(arena, " %s", plot->chart->mark) : "";
		(void)text_draw(plot->sheet, arena_print(arena, "%.*f%s", tick_decimals(step), value, mark), &face_small,
		                plot->x - 40, y - 5, 35, 1, PANGO_ALIGN_RIGHT);
	}
}

static const char *age_text(struct arena *arena, double hours) {
	return hours == 0   ? "sent"
	       : hours < 24 ? arena_print(arena, "%g h", hours)
	                    : arena_print(arena, "%g day%s", hours / 24, hours == 24 ? "" : "s");
}

static void draw_ages(struct plot *plot, double y) {
	static const double steps[] = { 6, 12, 24, 48 };
	double last = last_position(plot->chart), step = steps[0];
	for (size_t i = 0; i < sizeof steps / sizeof *steps && last / step > LABELS_MAX; i++)
		step = steps[i];
	for (int i = 0; i * step <= last; i++)
		(void)text_draw(plot->sheet, age_text(plot->sheet->document->arena, i * step), &face_small,
		                plot->x + plot->width * i * step / last - 25, y, 50, 1, PANGO_ALIGN_CENTER);
}

static void draw_labels(struct plot *plot) {
	const struct chart *chart = plot->chart;
	double y = plot->y + plot->height + 3;
	int step = (chart->count + LABELS_MAX - 1) / LABELS_MAX;
	if (chart->kind == CHART_STEPS)
		draw_ages(plot, y);
	for (int i = 0; chart->kind != CHART_STEPS && i < chart->count; i += step)
		(void)text_draw(plot->sheet, chart->points[i].tick ? chart->points[i].tick : chart->points[i].name, &face_small,
		                x_of(plot, i) - 30, y, 60, 1, PANGO_ALIGN_CENTER);
}

/* The usual range, as a band behind everything else, with its name at its end. */
static void draw_band(struct plot *plot) {
	const struct series *low = chart_series(plot->chart, ROLE_LOW), *high = chart_series(plot->chart, ROLE_HIGH);
	if (!low || !high || plot->chart->count == 0)
		return;
	double top = y_of(plot, high->values[0]), bottom = y_of(plot, low->values[0]);
	const struct colour *colour = &looks[ROLE_LOW].colour;
	cairo_set_source_rgba(plot->sheet->cr, colour->r, colour->g, colour->b, 0.15);
	cairo_rectangle(plot->sheet->cr, plot->x, top, plot->width, bottom - top);
	cairo_fill(plot->sheet->cr);
	(void)text_draw(plot->sheet, "Usual", &face_small, plot->x + plot->width + 4, (top + bottom) / 2 - 5, ENDS - 4, 1,
	                PANGO_ALIGN_LEFT);
}

/* The greatest and the least value, beside their points. */
static void draw_extremes(struct plot *plot, const struct series *series) {
	int least = -1, most = -1;
	for (int i = 0; i < plot->chart->count; i++) {
		if (isnan(series->values[i]))
			continue;
		least = least < 0 || series->values[i] < series->values[least] ? i : least;
		most = most < 0 || series->values[i] > series->values[most] ? i : most;
	}
	const int places[] = { most, least };
	for (int i = 0; i < 2; i++) {
		int at = places[i];
		if (at < 0 || (i == 1 && least == most))
			continue;
		double x = fmin(fmax(x_of(plot, at) - 30, plot->x - 10), plot->x + plot->width - 50);
		double y = y_of(plot, series->values[at]);
		bool below = i == 1 && y + MARK_HEIGHT < plot->y + plot->height; /* else it would stand on the axis */
		(void)text_draw(plot->sheet, chart_text(plot->chart, series->values[at], plot->sheet->document->arena),
		                &face_mark, x, y + (below ? 4 : -14), 60, 1, PANGO_ALIGN_CENTER);
	}
}

/* What a line is, with its last value, at its end. */
static void draw_end(struct plot *plot, const struct series *series, const char *words) {
	int last = plot->chart->count - 1;
	while (last >= 0 && isnan(series->values[last]))
		last--;
	if (last < 0)
		return;
	(void)text_draw(plot->sheet, words, &face_small, plot->x + plot->width + 4, y_of(plot, series->values[last]) - 5,
	                ENDS - 4, 1, PANGO_ALIGN_LEFT);
}

static void draw_series(struct plot *plot, const struct series *series) {
	const struct chart *chart = plot->chart;
	cairo_t *cr = plot->sheet->cr;
	bool open = false;
	double before = NAN;
	use_look(plot, series->role);
	for (int i = 0; !chart->scattered && i < chart->count; i++) {
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

/* The sum of a column, above or below it. */
static void draw_sum(struct plot *plot, int i, double sum) {
	if (sum == 0)
		return;
	const char *text = arena_print(plot->sheet->document->arena, "%.*f", plot->chart->decimals, fabs(sum));
	(void)text_draw(plot->sheet, text, &face_sum, x_of(plot, i) - 15, y_of(plot, sum) + (sum > 0 ? -10 : 1), 30, 1,
	                PANGO_ALIGN_CENTER);
}

static void draw_stacks(struct plot *plot) {
	const struct chart *chart = plot->chart;
	double width = plot->width / chart->count * 0.8;
	for (int i = 0; i < chart->count; i++) {
		double up = 0, down = 0;
		for (int s = 0; s < chart->series_count; s++) {
			const struct series *series = &chart->series[s];
			double value = series->values[i];
			if (series->role == ROLE_MEAN || isnan(value) || value == 0)
				continue;
			double *base = value > 0 ? &up : &down, from = y_of(plot, *base), to = y_of(plot, *base + value);
			*base += value;
			sheet_colour(plot->sheet, &looks[series->role].colour);
			cairo_rectangle(plot->sheet->cr, x_of(plot, i) - width / 2, fmin(from, to), width, fabs(to - from));
			cairo_fill(plot->sheet->cr);
		}
		draw_sum(plot, i, up);
		draw_sum(plot, i, down);
	}
}

static double legend_item(struct plot *plot, const struct series *series, const char *words, double x, double y) {
	cairo_t *cr = plot->sheet->cr;
	bool block = plot->chart->kind == CHART_STACKED && series->role != ROLE_MEAN;
	use_look(plot, series->role);
	if (block) {
		cairo_rectangle(cr, x, y + 1, 9, 8);
		cairo_fill(cr);
	} else {
		if (!plot->chart->scattered || !chart_has_marks(series->role)) {
			cairo_move_to(cr, x, y + 5);
			cairo_line_to(cr, x + 18, y + 5);
			cairo_stroke(cr);
		}
		draw_mark(plot, series->role, x + 9, y + 5);
	}
	double width = text_width(plot->sheet, words, &face_small);
	(void)text_draw(plot->sheet, words, &face_small, x + (block ? 13 : 22), y, width + 2, 1, PANGO_ALIGN_LEFT);
	return width + (block ? 13 : 22) + 14;
}

static void draw_legend(struct plot *plot, double y) {
	double x = plot->sheet->left;
	for (int s = 0; s < plot->chart->series_count; s++) {
		const char *words = chart_legend(plot->chart, s, plot->sheet->document->arena);
		if (words)
			x += legend_item(plot, &plot->chart->series[s], words, x, y);
	}
}

static void draw_lines(struct plot *plot) {
	const struct chart *chart = plot->chart;
	struct arena *arena = plot->sheet->document->arena;
	for (int s = 0; s < chart->series_count; s++) {
		const struct series *series = &chart->series[s];
		if (is_edge(series) || (chart->kind == CHART_STACKED && series->role != ROLE_MEAN))
			continue;
		draw_series(plot, series);
		if (chart->kind == CHART_STEPS)
			draw_end(plot, series,
			         arena_print(arena, "%s %s", series->label,
			                     chart_text(chart, series->values[chart->count - 1], arena)));
		else if (series->role == ROLE_BENCHMARK)
			draw_end(plot, series, series->label);
		else if (chart->kind == CHART_LINE)
			draw_extremes(plot, series);
	}
}

/* Growth is one chart for each campaign, so it is lower. */
static double plot_height(const struct chart *chart) {
	return chart->kind == CHART_STEPS ? LOW_HEIGHT : PLOT_HEIGHT;
}

/* Lines are named at their ends; columns have a legend. */
static void draw_plot(struct plot *plot) {
	struct sheet *sheet = plot->sheet;
	bool columns = plot->chart->kind == CHART_STACKED;
	if (columns)
		draw_legend(plot, sheet->y);
	sheet->y += columns ? 24 : 8;
	plot->x = sheet->left + AXIS;
	plot->y = sheet->y;
	plot->width = sheet->width - AXIS - (columns ? 0 : ENDS);
	plot->height = plot_height(plot->chart);
	find_range(plot);
	draw_band(plot);
	draw_value_axis(plot);
	draw_labels(plot);
	if (columns)
		draw_stacks(plot);
	draw_lines(plot);
	sheet->y += plot->height + 22;
}

/* A low chart has its unit beside its title. */
static void draw_low_heads(struct sheet *sheet, const struct chart *chart) {
	double title = text_width(sheet, chart->title, &face_strong);
	sheet_tag(sheet, "H3");
	double height = text_draw(sheet, chart->title, &face_strong, sheet->left, sheet->y, title + 2, 1, PANGO_ALIGN_LEFT);
	sheet_end(sheet, "H3");
	sheet_tag(sheet, "P");
	(void)text_draw(sheet, chart->unit, &face_small, sheet->left + title + 8, sheet->y + 0.5, sheet->width - title - 8,
	                1, PANGO_ALIGN_LEFT);
	sheet_end(sheet, "P");
	sheet->y += height;
}

/* The band has no legend on paper. */
static const char *unit_of(struct arena *arena, const struct chart *chart) {
	const struct series *low = chart_series(chart, ROLE_LOW), *high = chart_series(chart, ROLE_HIGH);
	if (!low || !high || chart->count == 0)
		return chart->unit;
	return arena_print(arena, "%s; grey: usual range %.*f–%s", chart->unit, chart->decimals, low->values[0],
	                   chart_text(chart, high->values[0], arena));
}

static void draw_heads(struct sheet *sheet, const struct chart *chart) {
	sheet_tag(sheet, "H3");
	sheet->y += text_draw(sheet, chart->title, &face_heading, sheet->left, sheet->y, sheet->width, 2, PANGO_ALIGN_LEFT);
	sheet_end(sheet, "H3");
	sheet_tag(sheet, "P");
	sheet->y += 1 + text_draw(sheet, unit_of(sheet->document->arena, chart), &face_small, sheet->left, sheet->y + 1,
	                          sheet->width, 2, PANGO_ALIGN_LEFT);
	if (chart->finding)
		sheet->y += 3 + text_draw(sheet, chart->finding, &face_body, sheet->left, sheet->y + 3, sheet->width, 3,
		                          PANGO_ALIGN_LEFT);
	sheet_end(sheet, "P");
	sheet->y += 6;
}

double chart_height(const struct chart *chart) {
	if (chart->kind == CHART_STEPS)
		return LOW_HEIGHT + 46;
	return plot_height(chart) + 22 + (chart->kind == CHART_STACKED ? 24 : 8) + (chart->finding ? 52 : 38);
}

void chart_draw(struct sheet *sheet, const struct chart *chart) {
	struct plot plot = { .sheet = sheet, .chart = chart };
	sheet_need(sheet, chart_height(chart));
	if (chart->kind == CHART_STEPS)
		draw_low_heads(sheet, chart);
	else
		draw_heads(sheet, chart);
	if (chart->count == 0)
		return;
	sheet_tag(sheet, "Figure");
	draw_plot(&plot);
	sheet_end(sheet, "Figure");
	sheet->y += chart->kind == CHART_STEPS ? 0 : 6;
}
