/* The growth curve. */
#include "campaigns/curve.h"

#include <stdio.h>
#include <string.h>

#include "campaigns/stored.h"

static const char CURVES[] = "campaign_curves";

enum { SNAPSHOTS_MAX = 100000, AT_ONCE = 100 };

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

int64_t curve_gap(struct moment start, struct moment at) {
	int64_t age = at.ms - start.ms;
	return 15 * MINUTE_MS + (age > 0 ? age * 3 / 100 : 0);
}

void curve_add(struct curve *curve, struct curve_point point, struct arena *arena) {
	struct curve_point *points = arena_array(arena, struct curve_point, curve->points.count + 1);
	int count = curve->points.count;
	if (count)
		memcpy(points, curve->points.items, sizeof *points * (size_t)count);
	bool replaces = count && points[count - 1].time.ms >= point.time.ms;
	if (replaces && point.time.ms < points[count - 1].time.ms)
		point.time = points[count - 1].time; /* the clock was set back */
	if (!replaces && count >= 2)
		replaces = points[count - 1].time.ms - points[count - 2].time.ms <
		           curve_gap(points[0].time, points[count - 1].time);
	points[replaces ? count - 1 : count] = point;
	curve->points = (struct rows){ points, replaces ? count : count + 1 };
}

bool curve_find(struct store *store, const char *campaign_id, struct arena *arena, struct curve *curve,
                struct error *err) {
	bool found;
	*curve = (struct curve){ .campaign_id = campaign_id };
	return store_find(store, CURVES, FILTER(by_id(campaign_id)), NULL, &curve_record, arena, curve, &found, err);
}

bool curve_of_history(struct store *store, const char *campaign_id, struct moment until, struct arena *arena,
                      struct curve *curve, struct error *err) {
	struct snapshot *snapshots;
	int count;
	if (!store_list(store, SNAPSHOTS,
	                FILTER(eq_id("campaign_id", campaign_id),
	                       moment_is_set(until) ? lte_moment("snapshot_time", until) : anything()),
	                SORT(asc("snapshot_time"), asc("_id")), SNAPSHOTS_MAX, &snapshot_record, arena, (void **)&snapshots,
	                &count, err))
		return false;
	curve->points = (struct rows){ 0 };
	for (int i = 0; i < count; i++)
		curve_add(curve, curve_point_of(&snapshots[i]), arena);
	return true;
}

/* Whoever was killed between a snapshot and its point has left it out: then the curve is made anew. */
static bool complete(struct store *store, const struct snapshot *next, struct curve *curve, struct arena *arena,
                     struct error *err) {
	const struct curve_point *points = curve->points.items;
	const struct moment until = moment_add(next->snapshot_time, -1);
	struct page before;
	if (!campaign_find_snapshots(store, next->campaign_id, until, true, NULL, 1, arena, &before, err))
		return false;
	const struct snapshot *newest = before.rows.items;
	if (!before.rows.count ||
	    (curve->points.count && points[curve->points.count - 1].time.ms >= newest->snapshot_time.ms))
		return true;
	return curve_of_history(store, next->campaign_id, until, arena, curve, err);
}

bool curve_save(struct store *store, const struct snapshot *snapshot, struct arena *arena, struct error *err) {
	struct curve curve;
	if (!curve_find(store, snapshot->campaign_id, arena, &curve, err) || !complete(store, snapshot, &curve, arena, err))
		return false;
	curve_add(&curve, curve_point_of(snapshot), arena);
	return store_upsert(store, CURVES, FILTER(by_id(snapshot->campaign_id)),
	                    UPDATE(set_record(&curve_record, &curve, NULL)), err);
}

/* A curve without snapshots stays as it is. */
static bool draw_anew(struct store *store, const char *campaign_id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct curve curve = { .campaign_id = campaign_id };
	bool matched;
	if (!curve_of_history(store, campaign_id, MOMENT_NONE, arena, &curve, err))
		return false;
	return curve.points.count == 0 ||
	       store_update(store, CURVES, FILTER(by_id(campaign_id)),
	                    UPDATE(set_record(&curve_record, &curve, ONLY("points"))), &matched, err);
}

bool curve_draw_all(struct store *store, struct error *err) {
	char after[25] = "";
	int count = AT_ONCE;
	while (count == AT_ONCE) {
		ARENA_AUTO arena = arena_new();
		struct curve *curves;
		if (!store_list(store, CURVES, FILTER(*after ? gt_id("_id", after) : anything()), SORT(asc("_id")), AT_ONCE,
		                &curve_record, arena, (void **)&curves, &count, err))
			return false;
		for (int i = 0; i < count; i++)
			if (!draw_anew(store, curves[i].campaign_id, err))
				return false;
		if (count > 0)
			(void)snprintf(after, sizeof after, "%s", curves[count - 1].campaign_id);
	}
	return true;
}
