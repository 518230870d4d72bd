/* The growth curve. */
#include "campaigns/curve.h"

#include <string.h>

static const char CURVES[] = "campaign_curves";
static const char SNAPSHOTS[] = "campaign_metrics_snapshots";

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

struct moment curve_start(const struct campaign *campaign, const struct snapshot *snapshot) {
	return moment_is_set(campaign->sent_at) ? campaign->sent_at : snapshot->snapshot_time;
}

int64_t curve_gap(struct moment start, struct moment at) {
	int64_t age = at.ms - start.ms;
	return 15 * MINUTE_MS + (age > 0 ? age * 3 / 100 : 0);
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
		replaces = points[count - 1].time.ms - points[count - 2].time.ms < curve_gap(start, points[count - 1].time);
	points[replaces ? count - 1 : count] = point;
	curve->points = (struct rows){ points, replaces ? count : count + 1 };
}

bool curve_find(struct store *store, const char *campaign_id, struct arena *arena, struct curve *curve,
                struct error *err) {
	bool found;
	*curve = (struct curve){ .campaign_id = campaign_id };
	return store_find(store, CURVES, FILTER(by_id(campaign_id)), NULL, &curve_record, arena, curve, &found, err);
}

/* Whoever was killed between a snapshot and its point has left it out: then the curve is made anew. */
static bool complete(struct store *store, const struct campaign *campaign, const struct snapshot *next,
                     struct curve *curve, struct arena *arena, struct error *err) {
	const struct curve_point *points = curve->points.items;
	const struct filter *earlier = FILTER(eq_id("campaign_id", campaign->id),
	                                      lt_moment("snapshot_time", next->snapshot_time));
	struct snapshot *before;
	int count;
	if (!store_list(store, SNAPSHOTS, earlier, SORT(desc("snapshot_time"), desc("_id")), 1, &snapshot_record, arena,
	                (void **)&before, &count, err))
		return false;
	if (!count || (curve->points.count && points[curve->points.count - 1].time.ms >= before[0].snapshot_time.ms))
		return true;
	int64_t all;
	if (!store_count(store, SNAPSHOTS, earlier, &all, err) ||
	    !store_list(store, SNAPSHOTS, earlier, SORT(asc("snapshot_time"), asc("_id")), (int)all, &snapshot_record,
	                arena, (void **)&before, &count, err))
		return false;
	curve->points.count = 0;
	for (int i = 0; i < count; i++)
		curve_add(curve, curve_start(campaign, &before[i]), curve_point_of(&before[i]), arena);
	return true;
}

bool curve_save(struct store *store, const struct campaign *campaign, const struct snapshot *snapshot,
                struct arena *arena, struct error *err) {
	struct curve curve;
	if (!curve_find(store, campaign->id, arena, &curve, err) ||
	    !complete(store, campaign, snapshot, &curve, arena, err))
		return false;
	curve_add(&curve, curve_start(campaign, snapshot), curve_point_of(snapshot), arena);
	return store_upsert(store, CURVES, FILTER(by_id(campaign->id)), UPDATE(set_record(&curve_record, &curve, NULL)),
	                    err);
}
