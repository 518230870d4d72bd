/* The growth of a campaign over its whole life in a bounded number of points: a rollup of the append-only snapshots,
 * updated by their writer, so a page costs the same however long the history is. */
#ifndef CAMPAIGNS_CURVE_H
#define CAMPAIGNS_CURVE_H

#include "campaigns/history.h"

struct curve_point {
	struct moment time;
	int64_t opened, clicked, unsubscribed; /* people, cumulative */
};

struct curve {
	const char *campaign_id;
	struct rows points; /* struct curve_point, oldest first */
};
extern const struct record_type curve_record;

/* Upper bound on points, for ten years of hourly changes. */
enum { CURVE_MAX = 400 };

struct curve_point curve_point_of(const struct snapshot *snapshot);

/* Pure. How far apart points are kept at `at`: 15 minutes + 3 % of the age since `start`, in milliseconds. */
int64_t curve_gap(struct moment start, struct moment at);

/* Pure. Appends a point. The newest point is always kept, but the next one replaces it unless it is at least
 * curve_gap after the point before; ages count from the first point, so that a curve follows from the snapshots alone
 * (the time of sending may be corrected). A point not newer than the last replaces it and keeps its time, so appending
 * is idempotent and the points stay in order. */
void curve_add(struct curve *curve, struct curve_point point, struct arena *arena);

/* A curve without points if there is none. */
bool curve_find(struct store *store, const char *campaign_id, struct arena *arena, struct curve *curve,
                struct error *err) MUST_CHECK;

/* The curve of the stored snapshots, none later than `until` (MOMENT_NONE: of all). */
bool curve_of_history(struct store *store, const char *campaign_id, struct moment until, struct arena *arena,
                      struct curve *curve, struct error *err) MUST_CHECK;

/* Draws all stored curves anew. May be repeated. */
bool curve_draw_all(struct store *store, struct error *err) MUST_CHECK;

/* Adds a stored snapshot's figures to the stored curve, and those of earlier ones that a crash has left out. Single
 * writer: the holder of the sync lease. */
bool curve_save(struct store *store, const struct snapshot *snapshot, struct arena *arena,
                struct error *err) MUST_CHECK;

#endif
