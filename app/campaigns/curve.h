/* The growth of a campaign over its whole life in a bounded number of points: a rollup beside the append-only
 * snapshots, kept by their writer, so that a page costs the same however long the history is. */
#ifndef CAMPAIGNS_CURVE_H
#define CAMPAIGNS_CURVE_H

#include "campaigns/campaign.h"

struct curve_point {
	struct moment time;
	int64_t opened, clicked, unsubscribed; /* people, cumulative */
};

struct curve {
	const char *campaign_id;
	struct records points; /* struct curve_point, oldest first */
};

/* Most points that a curve of ten years of hourly changes has. */
enum { CURVE_MOST = 400 };

struct curve_point curve_point_of(const struct snapshot *snapshot);

/* Pure. Adds the point; the newest always stays, and gives way to the next one unless it lies at least
 * 15 minutes + 3 % of its age since `start` after the point before it. A point that is not newer than the last
 * replaces it, so that adding twice changes nothing. */
void curve_add(struct curve *curve, struct moment start, struct curve_point point, struct arena *arena);

/* Without points when there is none. */
bool curve_find(struct store *store, const char *campaign_id, struct arena *arena, struct curve *curve,
                struct error *err) MUST_CHECK;

/* Adds a snapshot's figures to the stored curve. One writer: the holder of the sync lease. */
bool curve_save(struct store *store, const struct campaign *campaign, const struct snapshot *snapshot,
                struct arena *arena, struct error *err) MUST_CHECK;

#endif
