/* The growth curve. */
#include "campaigns/curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/share.h"

static const char CURVES[] = "campaign_curves", GROWTHS[] = "campaign_growth";

static const struct field point_fields[] = {
	FIELD(struct curve_point, time, .stored = "t"),
	FIELD(struct curve_point, opened, .stored = "o", .unit = "people"),
	FIELD(struct curve_point, clicked, .stored = "c", .unit = "people"),
	FIELD(struct curve_point, unsubscribed, .stored = "u", .unit = "people"),
};
static const struct record_type point_record = RECORD_TYPE("CurvePoint", struct curve_point, point_fields);

static const struct field curve_fields[] = {
	FIELD(struct curve, campaign_id, .stored = "_id", .flags = FIELD_ID),
	FIELD_LIST(struct curve, points, point_record),
};
const struct record_type curve_record = RECORD_TYPE("Curve", struct curve, curve_fields);

struct curve_point curve_point_of(const struct snapshot *snapshot) {
	return (struct curve_point){ snapshot->snapshot_time, snapshot->metrics.opened, snapshot->metrics.clicked,
		                         snapshot->metrics.unsubscribed };
}

/* Is `last` far enough after `before` to be kept when a newer point arrives? */
static bool is_apart(const struct curve_point *before, const struct curve_point *last, struct moment start) {
	int64_t age = last->time.ms - start.ms;
	return last->time.ms - before->time.ms >= 15 * MINUTE_MS + (age > 0 ? age * 3 / 100 : 0);
}

void curve_add(struct curve *curve, struct moment start, struct curve_point point, struct arena *arena) {
	struct curve_point *points = arena_array(arena, struct curve_point, curve->points.count + 1);
	int count = curve->points.count;
	if (count)
		memcpy(points, curve->points.items, sizeof *points * (size_t)count);
	bool replaces = count && points[count - 1].time.ms >= point.time.ms;
	if (replaces && point.time.ms < points[count - 1].time.ms)
		point.time = points[count - 1].time; /* the clock was set back */
	if (!replaces && count >= 2)
		replaces = !is_apart(&points[count - 2], &points[count - 1], start);
	points[replaces ? count - 1 : count] = point;
	curve->points = (struct rows){ points, replaces ? count : count + 1 };
}

bool curve_find(struct store *store, const char *campaign_id, struct arena *arena, struct curve *curve,
                struct error *err) {
	bool found;
	*curve = (struct curve){ .campaign_id = campaign_id };
	return store_find(store, CURVES, FILTER(by_id(campaign_id)), NULL, &curve_record, arena, curve, &found, err);
}

bool curve_save(struct store *store, const struct campaign *campaign, const struct snapshot *snapshot,
                struct arena *arena, struct error *err) {
	struct curve curve;
	if (!curve_find(store, campaign->id, arena, &curve, err))
		return false;
	struct moment start = moment_is_set(campaign->sent_at) ? campaign->sent_at : snapshot->snapshot_time;
	curve_add(&curve, start, curve_point_of(snapshot), arena);
	return store_upsert(store, CURVES, FILTER(by_id(campaign->id)), UPDATE(set_record(&curve_record, &curve, NULL)),
	                    err);
}

static const struct field step_fields[] = {
	FIELD(struct step, time, .stored = "t"),
	FIELD(struct step, count, .stored = "n", .unit = "people"),
};
static const struct record_type step_record = RECORD_TYPE("GrowthStep", struct step, step_fields);

static const struct field growth_fields[] = {
	FIELD(struct growth, campaign_id, .stored = "_id", .flags = FIELD_ID),
	FIELD_LIST(struct growth, opened, step_record),
	FIELD_LIST(struct growth, clicked, step_record),
	FIELD(struct growth, read_at),
};
const struct record_type growth_record = RECORD_TYPE("Growth", struct growth, growth_fields);

static int ascending(const void *a, const void *b) {
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

struct rows growth_of_times(int64_t *times, int count, struct moment start, struct arena *arena) {
	struct step *steps = arena_array(arena, struct step, count);
	int kept = 0;
	qsort(times, (size_t)count, sizeof *times, ascending);
	for (int i = 0; i < count; i++) {
		int64_t age = times[i] - start.ms, gap = 15 * MINUTE_MS + (age > 0 ? age * 3 / 100 : 0);
		/* The newest step is replaced until it is far enough after the one before. */
		if (kept >= 2 && steps[kept - 1].time.ms - steps[kept - 2].time.ms < gap)
			kept--;
		steps[kept++] = (struct step){ { times[i] }, i + 1 };
	}
	return (struct rows){ steps, kept };
}

int64_t growth_until(const struct rows *steps, struct moment at) {
	const struct step *items = steps->items;
	int64_t count = 0;
	for (int i = 0; i < steps->count && items[i].time.ms <= at.ms; i++)
		count = items[i].count;
	return count;
}

double growth_share(const struct growth *growth, const struct campaign *campaign, int64_t age_ms, bool opened) {
	int64_t delivered = metrics_delivered(&campaign->current_metrics);
	struct moment at = moment_add(campaign->sent_at, age_ms);
	const struct rows *steps = opened ? &growth->opened : &growth->clicked;
	return campaign->has_report ? share_percent(growth_until(steps, at), delivered) : NAN;
}

bool growth_save(struct store *store, const char *campaign_id, const char *word, const struct rows *steps,
                 struct moment at, struct error *err) {
	struct growth growth = { .read_at = at };
	bool opened = strcmp(word, "opened") == 0;
	if (!opened && strcmp(word, "clicked") != 0)
		return true;
	*(opened ? &growth.opened : &growth.clicked) = *steps;
	return store_upsert(store, GROWTHS, FILTER(by_id(campaign_id)),
	                    UPDATE(set_record(&growth_record, &growth, opened ? EXCEPT("clicked") : EXCEPT("opened"))),
	                    err);
}

bool growth_find(struct store *store, const struct strings *campaign_ids, struct arena *arena, struct growth **growths,
                 int *count, struct error *err) {
	return store_list(store, GROWTHS, FILTER(in_ids("_id", campaign_ids)), NULL, campaign_ids->count + 1,
	                  &growth_record, arena, (void **)growths, count, err);
}
