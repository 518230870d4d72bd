/* A campaign's figure over its snapshots, with its moving average, as JSON. */
#include <math.h>
#include <string.h>

#include "campaigns/history.h"
#include "console/campaign_address.h"
#include "console/campaign_pages.h"
#include "metrics/statistics.h"

enum { WINDOW = 7, SNAPSHOTS_MAX = 10000 };

/* A counter or a rate. */
struct figure {
	const struct field *counter; /* NULL: a rate */
	enum metric rate;
};

static bool read_figure(const struct exchange *x, const char **name, struct figure *figure, struct error *err) {
	const char *value = params_get(&x->query, "metric");
	*name = text_is_empty(value) ? "opened" : value;
	*figure = (struct figure){ record_field(&metrics_record, *name), METRIC_COUNT };
	for (int i = 0; i < METRIC_COUNT; i++)
		if (strcmp(metric_rows[i].key, *name) == 0)
			figure->rate = (enum metric)i;
	return figure->counter || figure->rate != METRIC_COUNT ||
	       error_field(err, "metric", "“%.40s” is not a metric", *name) ||
	       error_codes(err, ". Use a counter like opened or a rate like open_rate");
}

/* NaN if unknown. */
static double value_of(const struct metrics *metrics, const struct figure *figure) {
	if (!figure->counter)
		return metrics_rate(metrics, figure->rate);
	int64_t count = *(const int64_t *)(const void *)((const char *)metrics + figure->counter->offset);
	return count == COUNT_NONE ? NAN : (double)count;
}

static void put_numbers(struct value *answer, const char *name, const double *numbers, int count) {
	struct value *list = value_put(answer, name, value_list(answer->arena));
	for (int i = 0; i < count; i++)
		(void)value_push(list, value_real(answer->arena, numbers[i]));
}

static void put_series(struct value *answer, const struct snapshot *snapshots, int count, const struct figure *figure) {
	struct arena *arena = answer->arena;
	double *values = arena_array(arena, double, count + 1), *averages = arena_array(arena, double, count + 1);
	struct value *times = value_put(answer, "timestamps", value_list(arena));
	for (int i = 0; i < count; i++) {
		char text[MOMENT_TEXT];
		(void)value_push(times, value_text(arena, arena_copy(arena, moment_format(snapshots[i].snapshot_time, text))));
		values[i] = value_of(&snapshots[i].metrics, figure);
	}
	put_numbers(answer, "values", values, count);
	put_numbers(answer, "moving_average", averages, stats_moving_average(values, count, WINDOW, averages));
}

bool campaign_series_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct moment as_of;
	struct figure figure;
	struct page page;
	const char *name;
	if (!read_figure(x, &name, &figure, err) || !campaign_of_address(x, &campaign, &as_of, err) ||
	    !campaign_find_snapshots(x->store, campaign.id, as_of, false, NULL, SNAPSHOTS_MAX, x->arena, &page, err))
		return false;
	struct value *answer = value_map(x->arena);
	value_put_text(answer, "campaign_id", arena_print(x->arena, "campaign_%s", campaign.id));
	value_put_text(answer, "metric", name);
	value_put_int(answer, "window", WINDOW);
	put_series(answer, page.rows.items, page.rows.count, &figure);
	return reply_json(x, answer);
}
