/* The overview: figures of the campaigns sent in a period, beside those of another one. */
#ifndef CONSOLE_DASHBOARD_PAGES_H
#define CONSOLE_DASHBOARD_PAGES_H

#include "core/http/exchange.h"
#include "insights/figures.h"

/* What an address asks for. */
struct dashboard_query {
	struct period period, compared;
	bool has_compared;
	const char *list;    /* our id, NULL for all */
	enum metric metric;  /* of the charts */
	struct moment as_of; /* MOMENT_NONE: now */
};

/* INVALID names the parameter. `now` bounds the relative periods. */
bool dashboard_read_query(struct exchange *x, const struct params *params, struct moment now,
                          struct dashboard_query *query, struct error *err) MUST_CHECK;

bool dashboard_page(struct exchange *x, struct error *err);

/* The series of the chart as CSV. */
bool dashboard_csv(struct exchange *x, struct error *err);
extern const struct route dashboard_routes[];

#endif
