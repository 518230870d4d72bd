/* The figures of the campaigns sent in a period, computed once for page, JSON and CSV. */
#ifndef INSIGHTS_FIGURES_H
#define INSIGHTS_FIGURES_H

#include "campaigns/campaign.h"
#include "core/formats/period.h"
#include "metrics/usual.h"

enum { USUAL_OF = 12 }; /* number of campaigns behind the "usual" value */

struct figures {
	struct campaign *campaigns; /* newest sending first */
	int count, with_report, by_status[CAMPAIGN_STATUS_COUNT];
	struct metrics totals;
	/* Fractions of sent, of those campaigns whose summary tells both counts; 0 where nothing was sent. */
	double *open_fractions, *click_fractions;
	int open_count, click_count;
};

/* `list` is our id of a list, or NULL for all; `as_of` a past moment or MOMENT_NONE. */
bool figures_find(struct store *store, const struct period *period, const char *list, struct moment as_of,
                  struct arena *arena, struct figures *figures, struct error *err) MUST_CHECK;

/* Pure. The figures of these campaigns, which are newest sending first; the array is referenced, not copied. */
void figures_of(struct campaign *campaigns, int count, struct arena *arena, struct figures *figures);

/* Pure. When the newest of these figures was read, but not after `data_at` (struct versions): what a failed run read
 * does not count. `data_at` itself if there are no figures. */
struct moment figures_read_at(const struct figures *figures, struct moment data_at);

/* Adds campaigns, totals, rates and stats, as in GET /api/dashboard. */
#define FIGURES_SHAPE                                                                                        \
	"period{from:time to:time} campaigns{total:count with_report:count by_status{*:count}} totals{*:count} " \
	"stats{*:number} " METRICS_RATES_SHAPE
void figures_put(struct value *map, const struct figures *figures);

/* Pure. Over these fractions, each campaign counted alike; 0 without any. */
struct figures_stats {
	double avg_open_rate, avg_click_rate, median_open_rate, std_open_rate;
};
struct figures_stats figures_stats_of(const struct figures *figures);

/* Pure. The sum over the campaigns whose rates can be judged (campaign_has_settled); *left_out: the others with a
 * report. */
struct metrics figures_settled(const struct figures *figures, struct moment now, int *left_out);

/* Pure. "good" or "bad" if a rate differs from before by more than chance, and does so without what is still
 * collecting; NULL otherwise. */
const char *figures_change_kind(const struct metrics *now, const struct metrics *settled, const struct metrics *before,
                                enum metric metric);

/* Pure. What each rate was over the first USUAL_OF of these campaigns, newest first, that have a report and had settled
 * (at `as_of`, or when they were last read); none of fewer than USUAL_MIN. Returns of how many it is. */
int figures_usual_of(const struct campaign *campaigns, int count, struct moment as_of,
                     struct usual usual[METRIC_COUNT]);

/* What each rate was over the last USUAL_OF settled campaigns with a report before `period` (if it has no start, the
 * newest ones). */
bool figures_usual(struct store *store, const struct period *period, const char *list, struct moment as_of,
                   struct arena *arena, struct usual usual[METRIC_COUNT], struct error *err) MUST_CHECK;

#endif
