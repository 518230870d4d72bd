/* Which sending times work: the campaigns of a period by weekday and hour of sending (UTC), each cell a pooled rate
 * with the number of campaigns and people behind it. */
#ifndef INSIGHTS_HEATMAP_H
#define INSIGHTS_HEATMAP_H

#include "insights/figures.h"

enum { WEEKDAYS = 7, HOURS = 24, CELL_CAMPAIGNS = 3, CELL_DELIVERED = 1000, RAMP_STEPS = 6 };

struct heat_cell {
	struct metrics totals; /* over the cell's campaigns */
	int campaigns;
};

struct heatmap {
	struct heat_cell cells[WEEKDAYS][HOURS]; /* Monday first */
};

/* Pure. Includes sent campaigns with a report that had settled at `now` (campaign_has_settled): others would make their
 * hour look worse than it is. */
void heatmap_of(const struct figures *figures, struct moment now, struct heatmap *map);

/* Is there enough data to compare the cell: CELL_CAMPAIGNS campaigns and CELL_DELIVERED people? */
bool heat_cell_counts(const struct heat_cell *cell);

/* Pure. The cell with the best rate (of losses the lowest) of those with enough data; of equal ones the first. False if
 * none has enough. */
bool heatmap_best(const struct heatmap *map, enum metric metric, int *weekday, int *hour);

/* Adds "heatmap" to the view: rows of weekdays, with the hours at which any campaign was sent; `finding` says which
 * cell did best; `wide` if the hours need more room than a third of the page. */
void heatmap_put(struct value *view, const struct heatmap *map, enum metric metric);

/* A cell for a table: weekday 1 is Monday. */
struct heat_line {
	int64_t weekday, hour, campaigns, delivered, opened, clicked;
	bool enough;
	double open_rate, click_rate, click_to_open_rate, bounce_rate, unsubscribe_rate, complaint_rate;
};
extern const struct record_type heat_line_record;

/* struct heat_line: the non-empty cells. */
struct rows heatmap_lines(const struct heatmap *map, struct arena *arena);

/* The non-empty cells: weekday (1 is Monday), hour, campaigns, delivered, enough, rates. */
struct value *heatmap_json(const struct heatmap *map, struct arena *arena);

#endif
