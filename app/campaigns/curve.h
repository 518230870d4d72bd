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

/* Pure. Appends a point. The newest point is always kept, but the next one replaces it unless it is at least 15 minutes
 * + 3 % of its age since `start` after the point before. A point not newer than the last replaces it and keeps its
 * time, so appending is idempotent and the points stay in order. */
void curve_add(struct curve *curve, struct moment start, struct curve_point point, struct arena *arena);

/* A curve without points if there is none. */
bool curve_find(struct store *store, const char *campaign_id, struct arena *arena, struct curve *curve,
                struct error *err) MUST_CHECK;

/* Adds a snapshot's figures to the stored curve. Single writer: the holder of the sync lease. */
bool curve_save(struct store *store, const struct campaign *campaign, const struct snapshot *snapshot,
                struct arena *arena, struct error *err) MUST_CHECK;

/* The same growth by the times in contact reports: exact also for campaigns older than the first sync. */
struct step {
	struct moment time;
	int64_t count; /* people so far */
};

struct growth {
	const char *campaign_id;
	struct rows opened, clicked; /* struct step, oldest first */
	struct moment read_at;
};
extern const struct record_type growth_record;

/* Pure. Sorts the times (milliseconds) and thins them as curve_add does. */
struct rows growth_of_times(int64_t *times, int count, struct moment start, struct arena *arena);

/* Pure. The number of people up to `at`; 0 before the first step. */
int64_t growth_until(const struct rows *steps, struct moment at);

/* Pure. Percent of delivered that had opened (or clicked) at that age; NaN if the campaign has no report. */
double growth_share(const struct growth *growth, const struct campaign *campaign, int64_t age_ms, bool opened);

/* `word` is opened or clicked; any other is ignored. `at`: when the report was read. */
bool growth_save(struct store *store, const char *campaign_id, const char *word, const struct rows *steps,
                 struct moment at, struct error *err) MUST_CHECK;

/* The growths of those campaigns that have one, unordered. */
bool growth_find(struct store *store, const struct strings *campaign_ids, struct arena *arena, struct growth **growths,
                 int *count, struct error *err) MUST_CHECK;

#endif
