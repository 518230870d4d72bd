/* The growth of a list: weeks, cohorts and an outlook, as part of its page, as JSON and CSV. */
#include "audience/lists/list_growth_pages.h"

#include <math.h>

#include "audience/lists/list_lookup_pages.h"
#include "audience/lists/week.h"
#include "core/base/checked.h"
#include "core/base/local.h"
#include "core/http/exchange.h"
#include "core/store/version.h"
#include "metrics/metrics.h"
#include "metrics/share.h"
#include "metrics/statistics.h"

enum { WEEKS_SHOWN = 52, COHORTS_SHOWN = 13, OUTLOOK_OF = 12, OUTLOOK_WEEKS = 4 };

static void put_lost(struct value *row, const char *name, int64_t count) {
	value_put_text(row, name, count ? text_of_change(row->arena, -count) : "0");
}

/* Losses are negative so that the chart's bars point down; what is not unsubscribed is one bar. */
static void put_week(struct value *row, const struct list_week *week) {
	value_put_text(row, "joined", text_of_count(row->arena, week->joined));
	put_lost(row, "unsubscribed", week->unsubscribed);
	put_lost(row, "others", checked_difference(list_week_left(week), week->unsubscribed));
	put_lost(row, "complained", week->complained);
	put_lost(row, "bounced", week->bounced);
	put_lost(row, "otherwise", week->otherwise);
	value_put_text(row, "net", text_of_change(row->arena, list_week_net(week)));
}

/* The finding; it names the week in which most left, if that is a fifth of all who left. */
static const char *weeks_finding(struct arena *arena, const struct list_week *weeks, int count,
                                 const struct list_week *sum) {
	const struct list_week *worst = weeks;
	int64_t left = list_week_left(sum);
	for (int i = 1; i < count; i++)
		worst = list_week_left(&weeks[i]) > list_week_left(worst) ? &weeks[i] : worst;
	const char *told = arena_print(arena, "In %s %s joined and %s left: net %s.",
	                               text_of_counted(arena, count, "week", "weeks"), text_of_count(arena, sum->joined),
	                               text_of_count(arena, left), text_of_change(arena, list_week_net(sum)));
	bool stands_out = count > OUTLOOK_OF && share_percent(list_week_left(worst), left) >= 20;
	return stands_out ? arena_print(arena, "%s Most left in the week of %s: %s.", told, text_of_day(arena, worst->week),
	                                text_of_count(arena, list_week_left(worst)))
	                  : told;
}

/* The newest weeks. */
static void put_weeks(struct value *view, const struct rows *weeks, struct moment now) {
	struct arena *arena = view->arena;
	struct value *rows = value_put(view, "weeks", value_list(arena));
	int first = weeks->count > WEEKS_SHOWN ? weeks->count - WEEKS_SHOWN : 0;
	const struct list_week *items = (const struct list_week *)weeks->items + first;
	struct list_week sum = { 0 };
	for (int i = 0; i < weeks->count - first; i++) {
		struct value *row = value_push(rows, value_map(arena));
		value_put_text(row, "week", text_of_day(arena, items[i].week));
		value_put_text(row, "tick", text_of_day_near(arena, items[i].week, now));
		put_week(row, &items[i]);
		list_week_add(&sum, &items[i]);
	}
	put_week(value_put(view, "weeks_total", value_map(arena)), &sum);
	value_put_int(view, "weeks_count", rows->count);
	value_put_bool(view, "has_weeks", rows->count > 0);
	value_put_text(view, "weeks_finding", rows->count ? weeks_finding(arena, items, rows->count, &sum) : NULL);
}

static int ramp_step(double share) {
	return share >= 95 ? 6 : share >= 90 ? 5 : share >= 80 ? 4 : share >= 70 ? 3 : share >= 50 ? 2 : 1;
}

/* Even those who joined last in the month must have been there that long. */
static bool is_reached(const struct cohort *cohort, int months, struct moment now) {
	return cohort->month.ms + (31 + 30 * (int64_t)months) * DAY_MS <= now.ms;
}

/* In percent, after that many months. */
static double still_there(const struct cohort *cohort, int months) {
	const struct cohort_step *left = cohort->left.items;
	return share_percent(cohort->joined - left[months - 1].left, cohort->joined);
}

/* One row per month of joining, the newest ones: the percentage still subscribed after each number of months. */
static void put_cohorts(struct value *view, const struct rows *cohorts, struct moment now) {
	struct arena *arena = view->arena;
	struct value *rows = value_put(view, "cohorts", value_list(arena)),
				 *heads = value_put(view, "cohort_months", value_list(arena));
	const struct cohort *items = cohorts->items;
	for (int m = 1; m <= COHORT_MONTHS - 1; m++)
		(void)value_push(heads, value_text(arena, arena_print(arena, "%d", m)));
	for (int i = cohorts->count > COHORTS_SHOWN ? cohorts->count - COHORTS_SHOWN : 0; i < cohorts->count; i++) {
		struct value *row = value_push(rows, value_map(arena));
		value_put_text(row, "month", text_of_month(arena, items[i].month));
		value_put_text(row, "joined", text_of_count(arena, items[i].joined));
		struct value *cells = value_put(row, "cells", value_list(arena));
		for (int m = 1; m < COHORT_MONTHS && m <= items[i].left.count; m++) {
			bool reached = is_reached(&items[i], m, now);
			double share = still_there(&items[i], m);
			struct value *cell = value_push(cells, value_map(arena));
			value_put_text(cell, "share", reached ? arena_print(arena, "%.0f", share) : "");
			(void)value_put(cell, "step", reached ? value_int(arena, ramp_step(share)) : value_null(arena));
		}
	}
	value_put_bool(view, "has_cohorts", rows->count > 0);
}

/* The forecast for four weeks if the net change of the last twelve continues: the mean, and the 95 % range of the sum.
 * NULL if unknown. */
static const char *outlook(struct arena *arena, const struct list *list, const struct rows *weeks) {
	double nets[OUTLOOK_OF];
	const struct list_week *items = weeks->items;
	int first = weeks->count - 1 - OUTLOOK_OF; /* without the current week, which is incomplete */
	if (first < 0)
		return NULL;
	for (int i = 0; i < OUTLOOK_OF; i++)
		nets[i] = (double)list_week_net(&items[first + i]);
	double mean = stats_mean(nets, OUTLOOK_OF) * OUTLOOK_WEEKS;
	double half = stats_sum_prediction(nets, OUTLOOK_OF, OUTLOOK_WEEKS);
	return arena_print(arena, "In %d weeks about %s subscribed (%s to %s), if the last %d weeks go on.", OUTLOOK_WEEKS,
	                   text_of_count(arena, checked_sum(list->counts.subscribed, llround(mean))),
	                   text_of_count(arena, checked_sum(list->counts.subscribed, llround(mean - half))),
	                   text_of_count(arena, checked_sum(list->counts.subscribed, llround(mean + half))), OUTLOOK_OF);
}

bool list_put_growth(struct exchange *x, struct value *view, const struct list *list, bool is_past,
                     struct list_flow *flow, struct error *err) {
	struct rows weeks = { 0 }, cohorts = { 0 };
	/* Both are kept only as they are now. */
	if (!is_past && (!list_find_weeks(x->store, list->id, x->arena, &weeks, err) ||
	                 !list_find_cohorts(x->store, list->id, x->arena, &cohorts, err)))
		return false;
	list_flow_of(&weeks, flow);
	put_weeks(view, &weeks, x->now);
	put_cohorts(view, &cohorts, x->now);
	value_put_text(view, "outlook", is_past ? NULL : outlook(x->arena, list, &weeks));
	return true;
}

static bool weeks_api(struct exchange *x, struct error *err) {
	struct list list;
	struct rows weeks;
	struct moment as_of;
	return list_of_address(x, &list, &as_of, err) && list_find_weeks(x->store, list.id, x->arena, &weeks, err) &&
	       reply_rows(x, &list_week_record, weeks);
}

static bool cohorts_api(struct exchange *x, struct error *err) {
	struct list list;
	struct rows cohorts;
	struct moment as_of;
	return list_of_address(x, &list, &as_of, err) && list_find_cohorts(x->store, list.id, x->arena, &cohorts, err) &&
	       reply_rows(x, &cohort_record, cohorts);
}

static bool weeks_csv(struct exchange *x, struct error *err) {
	struct list list;
	struct rows weeks;
	struct moment as_of;
	if (!list_of_address(x, &list, &as_of, err) || !list_find_weeks(x->store, list.id, x->arena, &weeks, err))
		return false;
	return reply_csv_rows(x, "list-weeks.csv", &list_week_record, weeks);
}

struct retention_line {
	const char *month;
	int64_t joined, after_months, left;
	double still_there_percent;
};
static const struct field retention_fields[] = {
	FIELD(struct retention_line, month),
	FIELD(struct retention_line, joined),
	FIELD(struct retention_line, after_months),
	FIELD(struct retention_line, left),
	FIELD(struct retention_line, still_there_percent),
};
static const struct record_type retention_record = RECORD_TYPE("RetentionLine", struct retention_line,
                                                               retention_fields);

static bool cohorts_csv(struct exchange *x, struct error *err) {
	struct list list;
	struct rows cohorts;
	struct moment as_of;
	if (!list_of_address(x, &list, &as_of, err) || !list_find_cohorts(x->store, list.id, x->arena, &cohorts, err))
		return false;
	const struct cohort *items = cohorts.items;
	struct retention_line *lines = arena_array(x->arena, struct retention_line, cohorts.count * COHORT_MONTHS + 1);
	int count = 0;
	for (int i = 0; i < cohorts.count; i++) {
		const struct cohort_step *left = items[i].left.items;
		char month[MOMENT_TEXT];
		const char *name = arena_copy(x->arena, moment_format_month(local_wall(items[i].month), month));
		for (int m = 1; m < COHORT_MONTHS && m <= items[i].left.count && is_reached(&items[i], m, x->now); m++)
			lines[count++] = (struct retention_line){ name, items[i].joined, m, left[m - 1].left,
				                                      still_there(&items[i], m) };
	}
	return reply_csv_rows(x, "list-retention.csv", &retention_record, (struct rows){ lines, count });
}

const struct route list_growth_routes[] = {
	{ "GET", "/lists/:list_id/weeks.csv", GUARD_SIGNED_IN, weeks_csv, .realms = REALM_FIGURES, .download = true },
	{ "GET", "/lists/:list_id/cohorts.csv", GUARD_SIGNED_IN, cohorts_csv, .realms = REALM_FIGURES, .download = true },
	{ "GET", "/api/lists/:list_id/cohorts", GUARD_SIGNED_IN, cohorts_api,
	  .summary = "Who is still there, by the month of joining", .output = &cohort_record, .list = true,
	  .realms = REALM_FIGURES },
	{ "GET", "/api/lists/:list_id/growth", GUARD_SIGNED_IN, weeks_api,
	  .summary = "List growth, week by week and by cause", .output = &list_week_record, .list = true,
	  .realms = REALM_FIGURES },
	{ 0 },
};
