/* Campaigns by weekday and hour of sending. */
#include "insights/heatmap.h"

#include <math.h>

#include "core/base/local.h"
#include "insights/peers.h"

enum { NARROW_HOURS = 7 };

static const char *const day_names[WEEKDAYS] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
	                                             "Friday", "Saturday", "Sunday" };

/* Hours that clocks have shown since Monday, 00:00. */
static int hour_of_week(struct moment at) {
	struct moment wall = local_wall(at);
	return (int)((wall.ms - week_start(wall).ms) / HOUR_MS);
}

void heatmap_of(const struct figures *figures, struct moment now, struct heatmap *map) {
	*map = (struct heatmap){ 0 };
	for (int i = 0; i < figures->count; i++) {
		const struct campaign *campaign = &figures->campaigns[i];
		if (!campaign->has_report || campaign->status != CAMPAIGN_SENT || !moment_is_set(campaign->sent_at) ||
		    !campaign_has_settled(campaign, now))
			continue;
		int hour = hour_of_week(campaign->sent_at);
		struct heat_cell *cell = &map->cells[hour / HOURS][hour % HOURS];
		metrics_add(&cell->totals, &campaign->current_metrics);
		cell->campaigns++;
	}
}

bool heat_cell_counts(const struct heat_cell *cell) {
	return cell->campaigns >= CELL_CAMPAIGNS && metrics_delivered(&cell->totals) >= CELL_DELIVERED;
}

static bool is_used(const struct heatmap *map, int hour) {
	for (int day = 0; day < WEEKDAYS; day++)
		if (map->cells[day][hour].campaigns)
			return true;
	return false;
}

/* The range of the rate over cells with enough data. */
static void find_range(const struct heatmap *map, enum metric metric, double *low, double *high) {
	*low = *high = NAN;
	for (int day = 0; day < WEEKDAYS; day++) {
		for (int hour = 0; hour < HOURS; hour++) {
			if (!heat_cell_counts(&map->cells[day][hour]))
				continue;
			double rate = metrics_rate(&map->cells[day][hour].totals, metric);
			*low = fmin(*low, rate);
			*high = fmax(*high, rate);
		}
	}
}

static int step_of(double rate, double low, double high) {
	return high > low ? 1 + (int)fmin(RAMP_STEPS - 1, (rate - low) / (high - low) * RAMP_STEPS) : RAMP_STEPS / 2;
}

/* The same for all cells of a grid: those of its metric if they are all below 1 %. */
static int decimals_of(const struct heatmap *map, enum metric metric) {
	double most = 0;
	for (int i = 0; i < WEEKDAYS * HOURS; i++)
		if (map->cells[i / HOURS][i % HOURS].campaigns)
			most = fmax(most, metrics_rate(&map->cells[i / HOURS][i % HOURS].totals, metric));
	return most < 1 ? metric_rows[metric].decimals : 1;
}

/* Short: the column says that it is a percentage. */
static const char *cell_text(struct arena *arena, int decimals, double rate) {
	return isnan(rate) ? "–" : arena_print(arena, "%.*f", decimals, rate);
}

struct ramp {
	enum metric metric;
	double low, high;
	int decimals;
};

static void put_cell(struct value *row, const struct heat_cell *cell, const struct ramp *ramp) {
	struct arena *arena = row->arena;
	struct value *one = value_push(row, value_map(arena));
	double rate = metrics_rate(&cell->totals, ramp->metric);
	value_put_int(one, "campaigns", cell->campaigns);
	value_put_bool(one, "empty", cell->campaigns == 0);
	if (!cell->campaigns)
		return;
	bool counts = heat_cell_counts(cell);
	value_put_text(one, "rate", cell_text(arena, ramp->decimals, rate));
	value_put_bool(one, "thin", !counts);
	(void)value_put(one, "step", counts ? value_int(arena, step_of(rate, ramp->low, ramp->high)) : value_null(arena));
}

static bool is_better(double rate, double than, enum metric metric) {
	return metric_rows[metric].up_is_good ? rate > than : rate < than;
}

bool heatmap_best(const struct heatmap *map, enum metric metric, int *weekday, int *hour) {
	const struct heat_cell *best = NULL;
	for (int i = 0; i < WEEKDAYS * HOURS; i++) {
		const struct heat_cell *cell = &map->cells[i / HOURS][i % HOURS];
		if (!heat_cell_counts(cell) ||
		    (best && !is_better(metrics_rate(&cell->totals, metric), metrics_rate(&best->totals, metric), metric)))
			continue;
		best = cell;
		*weekday = i / HOURS;
		*hour = i % HOURS;
	}
	return best != NULL;
}

static const char *best_text(struct arena *arena, const struct heatmap *map, enum metric metric) {
	int day, hour;
	if (!heatmap_best(map, metric, &day, &hour))
		return "No hour has enough campaigns to judge it yet.";
	const struct heat_cell *cell = &map->cells[day][hour];
	return arena_print(arena, "%s at %02d:00 did best: %s over %s.", day_names[day], hour,
	                   metric_text(arena, metric, metrics_rate(&cell->totals, metric)),
	                   text_of_counted(arena, cell->campaigns, "campaign", "campaigns"));
}

void heatmap_put(struct value *view, const struct heatmap *map, enum metric metric) {
	struct arena *arena = view->arena;
	struct ramp ramp = { .metric = metric, .decimals = decimals_of(map, metric) };
	find_range(map, metric, &ramp.low, &ramp.high);
	struct value *heatmap = value_put(view, "heatmap", value_map(arena));
	struct value *hours = value_put(heatmap, "hours", value_list(arena)),
				 *rows = value_put(heatmap, "rows", value_list(arena));
	for (int hour = 0; hour < HOURS; hour++)
		if (is_used(map, hour))
			(void)value_push(hours, value_text(arena, arena_print(arena, "%02d:00", hour)));
	for (int day = 0; day < WEEKDAYS; day++) {
		struct value *row = value_push(rows, value_map(arena));
		value_put_text(row, "day", arena_print(arena, "%.3s", day_names[day]));
		struct value *cells = value_put(row, "cells", value_list(arena));
		for (int hour = 0; hour < HOURS; hour++)
			if (is_used(map, hour))
				put_cell(cells, &map->cells[day][hour], &ramp);
	}
	value_put_bool(heatmap, "wide", hours->count > NARROW_HOURS);
	value_put_bool(heatmap, "none", hours->count == 0);
	value_put_text(heatmap, "finding", best_text(arena, map, metric));
}

struct value *heatmap_json(const struct heatmap *map, struct arena *arena) {
	struct value *list = value_list(arena);
	for (int day = 0; day < WEEKDAYS; day++) {
		for (int hour = 0; hour < HOURS; hour++) {
			const struct heat_cell *cell = &map->cells[day][hour];
			if (!cell->campaigns)
				continue;
			struct value *one = value_push(list, value_map(arena));
			value_put_int(one, "weekday", day + 1);
			value_put_int(one, "hour", hour);
			value_put_int(one, "campaigns", cell->campaigns);
			value_put_int(one, "delivered", metrics_delivered(&cell->totals));
			value_put_bool(one, "enough", heat_cell_counts(cell));
			metrics_put_rates(one, &cell->totals);
		}
	}
	return list;
}

static const struct field line_fields[] = {
	FIELD(struct heat_line, weekday, .doc = "1 is Monday"),
	FIELD(struct heat_line, hour, .doc = "UTC"),
	FIELD(struct heat_line, campaigns),
	FIELD(struct heat_line, delivered, .unit = "people"),
	FIELD(struct heat_line, opened, .unit = "people"),
	FIELD(struct heat_line, clicked, .unit = "people"),
	FIELD(struct heat_line, enough, .doc = "Enough campaigns and people to compare it"),
	FIELD(struct heat_line, open_rate, .unit = "% of delivered"),
	FIELD(struct heat_line, click_rate, .unit = "% of delivered"),
	FIELD(struct heat_line, click_to_open_rate, .unit = "% of opened"),
	FIELD(struct heat_line, bounce_rate, .unit = "% of sent"),
	FIELD(struct heat_line, unsubscribe_rate, .unit = "% of sent"),
	FIELD(struct heat_line, complaint_rate, .unit = "% of delivered"),
};
const struct record_type heat_line_record = RECORD_TYPE("HeatCell", struct heat_line, line_fields);

static struct heat_line line_of(const struct heat_cell *cell, int day, int hour) {
	const struct metrics *totals = &cell->totals;
	return (struct heat_line){ .weekday = day + 1,
		                       .hour = hour,
		                       .campaigns = cell->campaigns,
		                       .delivered = metrics_delivered(totals),
		                       .opened = totals->opened,
		                       .clicked = totals->clicked,
		                       .enough = heat_cell_counts(cell),
		                       .open_rate = metrics_rate(totals, METRIC_OPEN_RATE),
		                       .click_rate = metrics_rate(totals, METRIC_CLICK_RATE),
		                       .click_to_open_rate = metrics_rate(totals, METRIC_CLICK_TO_OPEN_RATE),
		                       .bounce_rate = metrics_rate(totals, METRIC_BOUNCE_RATE),
		                       .unsubscribe_rate = metrics_rate(totals, METRIC_UNSUBSCRIBE_RATE),
		                       .complaint_rate = metrics_rate(totals, METRIC_COMPLAINT_RATE) };
}

struct rows heatmap_lines(const struct heatmap *map, struct arena *arena) {
	struct heat_line *lines = arena_array(arena, struct heat_line, WEEKDAYS * HOURS);
	int count = 0;
	for (int day = 0; day < WEEKDAYS; day++)
		for (int hour = 0; hour < HOURS; hour++)
			if (map->cells[day][hour].campaigns)
				lines[count++] = line_of(&map->cells[day][hour], day, hour);
	return (struct rows){ lines, count };
}
