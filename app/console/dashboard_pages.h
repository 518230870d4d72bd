/* The dashboard: figures of the campaigns sent in a period, compared with another one. */
#ifndef CONSOLE_DASHBOARD_PAGES_H
#define CONSOLE_DASHBOARD_PAGES_H

#include "core/http/exchange.h"
#include "insights/figures.h"

/* The query of a dashboard URL. */
struct dashboard_query {
	struct period period, compared;
	bool has_compared;
	const char *list;    /* our id; NULL for all */
	const char *partner; /* its id; NULL for all */
	enum metric metric;  /* shown in the charts */
	struct moment as_of; /* MOMENT_NONE: now */
};

/* INVALID names the parameter. Relative periods end at `now`. */
bool dashboard_read_query(struct exchange *x, const struct params *params, struct moment now,
                          struct dashboard_query *query, struct error *err) MUST_CHECK;

/* The campaigns sent in a period that the query is about, and their figures; campaigns of all time that have a report,
 * newest first, are those sent before `to`. */
bool dashboard_find_figures(struct exchange *x, const struct dashboard_query *query, const struct period *period,
                            struct figures *figures, struct error *err) MUST_CHECK;
bool dashboard_find_known(struct exchange *x, const struct dashboard_query *query, struct moment to,
                          struct campaign **campaigns, int *count, struct error *err) MUST_CHECK;

bool dashboard_page(struct exchange *x, struct error *err);

/* The chart's series as CSV, and the campaigns that are no part of it, with the reason. */
bool dashboard_csv(struct exchange *x, struct error *err);
extern const struct route dashboard_routes[];

#endif
