/* The growth curve. */
#include "campaigns/curve.h"

#include <string.h>

static const struct field point_fields[] = {
	FIELD(struct curve_point, time, .stored = "t"),
	FIELD(struct curve_point, opened, .stored = "o", .unit = "people"),
	FIELD(struct curve_point, clicked, .stored = "c", .unit = "people"),
	FIELD(struct curve_point, unsubscribed, .stored = "u", .unit = "people"),
};
static const struct record point_record = RECORD("CurvePoint", struct curve_point, point_fields);

static const struct field curve_fields[] = {
	FIELD(struct curve, campaign_id, .stored = "_id"),
	FIELD_LIST(struct curve, points, point_record),
};
static const struct record curve_record = RECORD("Curve", struct curve, curve_fields);

struct curve_point curve_point_of(const struct snapshot *snapshot) {
	return (struct curve_point){ snapshot->snapshot_time, snapshot->metrics.opened, snapshot->metrics.clicked,
		                         snapshot->metrics.unsubscribed };
}

/* May `last` stay behind `before` when a newer point comes? */
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
	if (!replaces && count >= 2)
		replaces = !is_apart(&points[count - 2], &points[count - 1], start);
	points[replaces ? count - 1 : count] = point;
	curve->points = (struct records){ points, replaces ? count : count + 1 };
}

bool curve_find(struct store *store, const char *campaign_id, struct arena *arena, struct curve *curve,
                struct error *err) {
	bool found;
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(campaign_id));
	*curve = (struct curve){ .campaign_id = campaign_id };
	bool fine = store_find(store, "campaign_curves", filter, NULL, &curve_record, arena, curve, &found, err);
	bson_destroy(filter);
	return fine;
}

bool curve_save(struct store *store, const struct campaign *campaign, const struct snapshot *snapshot,
                struct arena *arena, struct error *err) {
	struct curve curve;
	bson_t set = BSON_INITIALIZER;
	if (!curve_find(store, campaign->emailoctopus_id, arena, &curve, err))
		return false;
	struct moment start = moment_is_set(campaign->sent_at) ? campaign->sent_at : snapshot->snapshot_time;
	curve_add(&curve, start, curve_point_of(snapshot), arena);
	curve.campaign_id = NULL; /* the filter's own */
	record_to_bson(&curve_record, &curve, &set);
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(campaign->emailoctopus_id));
	bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(&set));
	bool fine = store_upsert(store, "campaign_curves", filter, change, err);
	bson_destroy(filter);
	bson_destroy(change);
	bson_destroy(&set);
	return fine;
}
