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
	enum metric metric;  /* shown in the charts */
	struct moment as_of; /* MOMENT_NONE: now */
};

/* INVALID names the parameter. Relative periods end at `now`. */
bool dashboard_read_query(struct exchange *x, const struct params *params, struct moment now,
                          struct dashboard_query *query, struct error *err) MUST_CHECK;

bool dashboard_page(struct exchange *x, struct error *err);

/* The chart's series as CSV. */
bool dashboard_csv(struct exchange *x, struct error *err);
extern const struct route dashboard_routes[];

#endif
