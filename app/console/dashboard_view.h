/* The parts of the dashboard page, each adding its data to the view. Nothing here fails. */
#ifndef CONSOLE_DASHBOARD_VIEW_H
#define CONSOLE_DASHBOARD_VIEW_H

#include "audience/lists/list.h"
#include "console/dashboard_pages.h"
#include "insights/list_trend.h"
#include "observing/sync.h"

/* What the page is about. */
struct board {
	struct exchange *x;
	const char *address; /* of the page: "/dashboard" */
	struct dashboard_query query;
	struct figures now, before; /* before: empty unless query.has_compared */
	struct campaign *known;     /* with a report, sent before the period's end, newest first */
	int known_count;
	struct usual usual[METRIC_COUNT]; /* before the period */
	struct list *lists;
	int list_count;
	struct rows weeks;         /* struct list_week of these lists; none of a past moment or a partner */
	struct moment at, read_at; /* the moment whose figures are shown; when they were read */
};

/* Everything that the page is about; x, address and query are set. */
bool dashboard_find(struct board *board, struct error *err) MUST_CHECK;

/* How many campaigns, sent when, compared with what. */
void dashboard_put_head(struct value *view, const struct board *board);

/* What needs attention, at most three lines: a sync that failed (`run`, which may be NULL), campaigns that are being
 * sent, connections that do not work, limits that were broken. past_query stands in the view already. */
bool dashboard_put_tasks(struct value *view, const struct board *board, const struct sync_run *run,
                         struct error *err) MUST_CHECK;
/* One of them, "The sync of today, 09:00" "failed: EmailOctopus did not answer". */
void dashboard_put_trouble(struct value *tasks, const struct board *board, const struct sync_run *run);

/* The benchmark of the rate, if one is set. */
bool dashboard_put_benchmark(struct exchange *x, struct value *view, enum metric metric, struct error *err) MUST_CHECK;

/* The name of the list; NULL if it is not there. */
const char *dashboard_list_name(const struct board *board, const char *id);

/* The menus of period and comparison, the filter panel, the filters in use. */
void dashboard_put_controls(struct value *view, const struct board *board);

/* The strip of figures. */
void dashboard_put_stats(struct value *view, const struct board *board, const struct list_trend *trend);

/* The chart of a rate with its table, and the latest campaigns. */
void dashboard_put_series(struct value *view, const struct board *board);
/* Rows of a table of campaigns, with bars. */
void dashboard_put_rows(struct value *rows, const struct board *board, const struct campaign *campaigns, int count);
void dashboard_put_latest(struct value *view, const struct board *board);

/* Who joined and who left, week by week. */
void dashboard_put_growth(struct value *view, const struct list_trend *trend);

#endif
