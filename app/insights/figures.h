/* The figures of the campaigns sent in a period: computed once for page, JSON and CSV. */
#ifndef INSIGHTS_FIGURES_H
#define INSIGHTS_FIGURES_H

#include "campaigns/campaign.h"
#include "core/formats/period.h"

enum { USUAL_OF = 12 }; /* campaigns that make the "usual" value */

struct figures {
	struct campaign *campaigns; /* newest sending first */
	int count, with_report, by_status[CAMPAIGN_STATUS_COUNT];
	struct metrics totals;
	double *open_fractions, *click_fractions; /* of sent, of campaigns with a report */
};

/* `list` is an id of the provider or NULL for all; `as_of` a past moment or MOMENT_NONE. */
bool figures_find(struct store *store, const struct period *period, const char *list, struct moment as_of,
                  struct arena *arena, struct figures *figures, struct error *err) MUST_CHECK;

/* Pure. The figures of these campaigns, newest sending first; the array is kept. */
void figures_of(struct campaign *campaigns, int count, struct arena *arena, struct figures *figures);

/* Adds campaigns, totals, rates and stats, as GET /api/dashboard answers them. */
void figures_put(struct value *map, const struct figures *figures);
void figures_put_stats(struct value *map, const struct figures *figures);

/* Medians of each rate over the USUAL_OF campaigns with a report before `period` (of the newest ones where the
 * period has no beginning); NaN where there is none. */
bool figures_usual(struct store *store, const struct period *period, const char *list, struct moment as_of,
                   struct arena *arena, double usual[METRIC_COUNT], struct error *err) MUST_CHECK;

#endif
