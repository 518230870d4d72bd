/* The overview of lists; lists and their history as CSV, the history as JSON. */
#include "audience/lists/list_pages.h"

#include <math.h>

#include "audience/lists/list_growth_pages.h"
#include "audience/lists/list_lookup_pages.h"
#include "audience/lists/past.h"
#include "core/base/checked.h"
#include "core/formats/json.h"
#include "core/formats/period.h"
#include "core/http/parts.h"
#include "core/store/page.h"
#include "core/store/version.h"
#include "metrics/metrics.h"
#include "metrics/share.h"

enum { HISTORY = 400, MONTH_DAYS = 30 };

/* Snapshots of a list after the cursor; with as_of, only those up to then. */
static bool find_reported(struct exchange *x, const struct list *list, struct moment as_of, bool descending,
                          const char *cursor, int limit, struct page *page, struct error *err) {
	struct page_query query = {
		.filter = FILTER(eq_id("list_id", list->id),
		                 moment_is_set(as_of) ? lte_moment("snapshot_time", as_of) : anything()),
		.by = "snapshot_time",
		.descending = descending,
		.cursor = cursor,
		.limit = limit,
	};
	return store_page(x->store, "list_snapshots", &query, &list_snapshot_record, x->arena, page, err);
}

bool list_find_history(struct exchange *x, const struct list *list, struct list_snapshot **rows, int *count,
                       struct error *err) {
	struct moment as_of;
	struct page page;
	if (!period_as_of(&x->query, x->now, &as_of, err) ||
	    !find_reported(x, list, as_of, true, NULL, HISTORY, &page, err))
		return false;
	*rows = page.rows.items;
	*count = page.rows.count;
	return true;
}

const struct list_snapshot *list_counts_before(const struct list_snapshot *rows, int count, struct moment now,
                                               int days) {
	int i = 0;
	while (i < count - 1 && now.ms - rows[i].snapshot_time.ms < days * DAY_MS)
		i++;
	return count < 2 ? NULL : &rows[i];
}

/* "+12" and since when; "–" if nothing earlier is known. */
static void put_change(struct value *row, int64_t subscribed, const struct list_snapshot *before, struct moment now) {
	struct arena *arena = row->arena;
	value_put_text(row, "subscribed_change",
	               before ? text_of_change(arena, checked_difference(subscribed, before->counts.subscribed)) : "–");
	value_put_text(row, "change_since", before ? text_of_day_near(arena, before->snapshot_time, now) : NULL);
}

struct value *list_row_view(const struct list *list, struct arena *arena) {
	struct value *row = value_map(arena);
	value_put_text(row, "id", list->id);
	value_put_text(row, "name", text_is_empty(list->name) ? "(no name)" : list->name);
	value_put_bool(row, "double_opt_in", list->double_opt_in);
	value_put_text(row, "subscribed", count_text(arena, list->counts.subscribed));
	value_put_text(row, "pending", count_text(arena, list->counts.pending));
	value_put_text(row, "unsubscribed", count_text(arena, list->counts.unsubscribed));
	value_put_text(row, "synced", text_of_moment(arena, list->synced_at));
	value_put_text(row, "contacts_read", text_of_moment(arena, list->contacts_read_at));
	value_put_text(row, "gone", moment_is_set(list->gone_at) ? text_of_moment(arena, list->gone_at) : NULL);
	return row;
}

bool list_find_lists(struct exchange *x, struct list **lists, int *count, struct moment *as_of, struct error *err) {
	return period_as_of(&x->query, x->now, as_of, err) && list_all_at(x->store, *as_of, x->arena, lists, count, err);
}

/* When recording began, in words, if `as_of` lies before it; else NULL. */
static bool find_began(struct exchange *x, struct moment as_of, const char **began, struct error *err) {
	struct moment first = MOMENT_NONE;
	if (moment_is_set(as_of) && !list_first_seen(x->store, x->arena, &first, err))
		return false;
	*began = moment_is_set(first) && as_of.ms < first.ms ? text_of_moment_zone(x->arena, first) : NULL;
	return true;
}

bool list_find_recorded(struct exchange *x, struct list **lists, int *count, struct error *err) {
	struct moment as_of;
	const char *began;
	return list_find_lists(x, lists, count, &as_of, err) && find_began(x, as_of, &began, err) &&
	       (!began || error_set(err, ERROR_MISSING, "Recording began on %s: earlier counts are not recorded", began));
}

static void put_total(struct value *view, const struct list *lists, int count) {
	struct list_counts sum = { 0 };
	for (int i = 0; i < count; i++) {
		checked_add(&sum.subscribed, lists[i].counts.subscribed);
		checked_add(&sum.pending, lists[i].counts.pending);
		checked_add(&sum.unsubscribed, lists[i].counts.unsubscribed);
	}
	struct value *total = value_put(view, "total", value_map(view->arena));
	value_put_text(total, "subscribed", count_text(view->arena, sum.subscribed));
	value_put_text(total, "pending", count_text(view->arena, sum.pending));
	value_put_text(total, "unsubscribed", count_text(view->arena, sum.unsubscribed));
	value_put_int(view, "count", count);
}

/* Those that the provider no longer has: only now, because then they were among the others. */
static bool put_gone(struct exchange *x, struct value *view, bool is_past, struct error *err) {
	struct list *lists;
	int count = 0;
	struct value *rows = value_put(view, "gone_lists", value_list(x->arena));
	if (!is_past && !list_all_ever(x->store, x->arena, &lists, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (moment_is_set(lists[i].gone_at))
			(void)value_push(rows, list_row_view(&lists[i], x->arena));
	value_put_bool(view, "has_gone", rows->count > 0);
	return true;
}

bool list_put_overview(struct exchange *x, struct value *view, struct moment *as_of, struct error *err) {
	struct list *lists = NULL;
	struct error problem;
	int count = 0;
	const char *began;
	*as_of = MOMENT_NONE;
	if (!list_find_lists(x, &lists, &count, as_of, &problem) && !exchange_show_problem(x, &problem, err))
		return false;
	if (x->problem)
		*as_of = MOMENT_NONE;
	if (!find_began(x, *as_of, &began, err))
		return false;
	struct value *rows = value_put(view, "lists", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		struct list_snapshot *history;
		int known;
		if (!list_find_history(x, &lists[i], &history, &known, err))
			return false;
		struct value *row = value_push(rows, list_row_view(&lists[i], x->arena));
		const struct list_snapshot *before = list_counts_before(history, known, moment_is_set(*as_of) ? *as_of : x->now,
		                                                        MONTH_DAYS);
		put_change(row, lists[i].counts.subscribed, before, x->now);
		value_put_text(row, "synced_near", text_of_moment_near(x->arena, lists[i].synced_at, x->now));
	}
	put_total(view, lists, count);
	if (!put_gone(x, view, moment_is_set(*as_of), err))
		return false;
	value_put_bool(view, "none", count == 0 && !x->problem);
	value_put_text(view, "began", began);
	part_field(x, view, "as_of", params_get(&x->query, "as_of"));
	part_chips(view, "/lists");
	part_chip_day(x, view, "as_of", "Figures as of");
	exchange_put_past(x, view, *as_of);
	value_put_text(view, "csv", exchange_address(x, "/lists.csv", "format", "csv"));
	return true;
}

struct list_line {
	const char *id, *name;
	bool double_opt_in;
	int64_t subscribed, pending, unsubscribed;
	struct moment synced_at;
};
static const struct field line_fields[] = {
	FIELD(struct list_line, id),         FIELD(struct list_line, name),    FIELD(struct list_line, double_opt_in),
	FIELD(struct list_line, subscribed), FIELD(struct list_line, pending), FIELD(struct list_line, unsubscribed),
	FIELD(struct list_line, synced_at),
};
static const struct record_type line_record = RECORD_TYPE("ListLine", struct list_line, line_fields);

static bool lists_csv(struct exchange *x, struct error *err) {
	struct list *lists;
	int count;
	if (!list_find_recorded(x, &lists, &count, err))
		return false;
	record_to_csv_head(&line_record, &x->body);
	for (const struct list *list = lists; list < lists + count; list++) {
		struct list_line line = { arena_print(x->arena, "list_%s", list->id),
			                      list->name,
			                      list->double_opt_in,
			                      list->counts.subscribed,
			                      list->counts.pending,
			                      list->counts.unsubscribed,
			                      list->synced_at };
		record_to_csv(&line_record, &line, &x->body);
	}
	return reply_csv(x, "lists.csv");
}

struct history_line {
	struct moment time;
	int64_t subscribed, pending, unsubscribed;
	const char *run_id, *source;
};
static const struct field history_fields[] = {
	FIELD(struct history_line, time),    FIELD(struct history_line, subscribed),
	FIELD(struct history_line, pending), FIELD(struct history_line, unsubscribed),
	FIELD(struct history_line, run_id),  FIELD(struct history_line, source),
};
static const struct record_type history_record = RECORD_TYPE("ListHistoryLine", struct history_line, history_fields);

struct asked_history {
	struct list list;
	struct moment as_of;
};

/* All snapshots, oldest first. */
static bool history_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                          struct error *err) {
	const struct asked_history *asked = state;
	struct page page;
	if (!find_reported(x, &asked->list, asked->as_of, false, cursor, CSV_PIECE_ROWS, &page, err))
		return false;
	const struct list_snapshot *rows = page.rows.items;
	*next = page.next;
	for (int i = 0; i < page.rows.count; i++) {
		struct history_line line = { rows[i].snapshot_time,  rows[i].counts.subscribed,
			                         rows[i].counts.pending, rows[i].counts.unsubscribed,
			                         rows[i].run_id,         rows[i].source };
		record_to_csv(&history_record, &line, &x->body);
	}
	return true;
}

static bool history_csv(struct exchange *x, struct error *err) {
	struct asked_history *asked = arena_new_of(x->arena, struct asked_history);
	if (!list_of_address(x, &asked->list, &asked->as_of, err))
		return false;
	record_to_csv_head(&history_record, &x->body);
	return reply_csv_stream(x, "list-history.csv", history_piece, asked, err);
}

static bool snapshots_api(struct exchange *x, struct error *err) {
	struct list list;
	struct list_snapshot *rows;
	struct moment as_of;
	int count;
	return list_of_address(x, &list, &as_of, err) && list_find_history(x, &list, &rows, &count, err) &&
	       reply_rows(x, &list_snapshot_record, (struct rows){ rows, count });
}

const struct route list_routes[] = {
	{ "GET", "/lists.csv", GUARD_SIGNED_IN, lists_csv, .realms = REALM_FIGURES, .download = true, .goes_back = true },
	{ "GET", "/lists/:list_id/history.csv", GUARD_SIGNED_IN, history_csv, .realms = REALM_FIGURES, .download = true,
	  .goes_back = true },
	{ "GET", "/api/lists/:list_id/snapshots", GUARD_SIGNED_IN, snapshots_api,
	  .summary = "The history of its counts, newest first", .output = &list_snapshot_record, .list = true,
	  .realms = REALM_FIGURES, .goes_back = true },
	{ 0 },
};
