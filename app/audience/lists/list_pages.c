/* The overview of lists and the page of one list, as pages and JSON. */
#include "audience/lists/list_pages.h"

#include <math.h>

#include "audience/lists/list_growth_pages.h"
#include "audience/lists/list_lookup_pages.h"
#include "audience/lists/past.h"
#include "core/base/checked.h"
#include "core/formats/json.h"
#include "core/formats/period.h"
#include "core/formats/url.h"
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

/* The newest snapshots, newest first. */
static bool find_history(struct exchange *x, const struct list *list, struct list_snapshot **rows, int *count,
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

/* The newest snapshot at least 30 days old, or the oldest one; NULL if there is nothing to compare. */
static const struct list_snapshot *month_ago(const struct list_snapshot *rows, int count, struct moment now) {
	int i = 0;
	while (i < count - 1 && now.ms - rows[i].snapshot_time.ms < MONTH_DAYS * DAY_MS)
		i++;
	return count < 2 ? NULL : &rows[i];
}

/* "+12 since 3 Oct 2026"; "–" if nothing earlier is known. */
static const char *change_text(struct arena *arena, int64_t now, const struct list_snapshot *before, int64_t was) {
	char day[MOMENT_TEXT];
	return before ? arena_print(arena, "%s since %s", text_of_change(arena, checked_difference(now, was)),
	                            moment_format_human_day(before->snapshot_time, day))
	              : "–";
}

/* The 30-day change of the three counts, and each as a share of all contacts. */
static void put_month(struct value *row, const struct list *list, const struct list_snapshot *history, int count,
                      struct moment now) {
	const struct list_snapshot *before = month_ago(history, count, now);
	const struct list_counts none = { 0 }, *is = &list->counts, *was = before ? &before->counts : &none;
	const struct {
		const char *name;
		int64_t is, was;
	} counts[] = { { "subscribed", is->subscribed, was->subscribed },
		           { "pending", is->pending, was->pending },
		           { "unsubscribed", is->unsubscribed, was->unsubscribed } };
	value_put_bool(row, "has_before", before != NULL);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct arena *arena = row->arena;
		value_put_text(row, arena_print(arena, "%s_change", counts[i].name),
		               change_text(arena, counts[i].is, before, counts[i].was));
		value_put_text(row, arena_print(arena, "%s_share", counts[i].name),
		               share_text(arena, counts[i].is, list_total(is)));
	}
}

static struct value *row_view(const struct list *list, struct arena *arena) {
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

/* All lists, as they are or, with as_of, as they were known then. */
static bool find_lists(struct exchange *x, struct list **lists, int *count, struct moment *as_of, struct error *err) {
	return period_as_of(&x->query, x->now, as_of, err) && list_all_at(x->store, *as_of, x->arena, lists, count, err);
}

/* When recording began, in words, if `as_of` lies before it; else NULL. */
static bool find_began(struct exchange *x, struct moment as_of, const char **began, struct error *err) {
	struct moment first = MOMENT_NONE;
	if (moment_is_set(as_of) && !list_first_seen(x->store, x->arena, &first, err))
		return false;
	*began = moment_is_set(first) && as_of.ms < first.ms ? text_of_moment(x->arena, first) : NULL;
	return true;
}

/* For JSON and CSV. */
static bool find_recorded(struct exchange *x, struct list **lists, int *count, struct error *err) {
	struct moment as_of;
	const char *began;
	return find_lists(x, lists, count, &as_of, err) && find_began(x, as_of, &began, err) &&
	       (!began || error_set(err, ERROR_MISSING, "recording began on %s: earlier counts are not recorded", began));
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
			(void)value_push(rows, row_view(&lists[i], x->arena));
	value_put_bool(view, "has_gone", rows->count > 0);
	return true;
}

static bool show_lists(struct exchange *x, struct error *err) {
	struct list *lists = NULL;
	struct moment as_of = MOMENT_NONE;
	struct error problem;
	int count = 0;
	const char *began;
	if (!find_lists(x, &lists, &count, &as_of, &problem) && !exchange_show_problem(x, &problem, err))
		return false;
	if (x->problem)
		as_of = MOMENT_NONE;
	if (!find_began(x, as_of, &began, err))
		return false;
	struct value *view = value_map(x->arena), *rows = value_put(view, "lists", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		struct list_snapshot *history;
		int known;
		if (!find_history(x, &lists[i], &history, &known, err))
			return false;
		struct value *row = value_push(rows, row_view(&lists[i], x->arena));
		put_month(row, &lists[i], history, known, moment_is_set(as_of) ? as_of : x->now);
	}
	put_total(view, lists, count);
	if (!put_gone(x, view, moment_is_set(as_of), err))
		return false;
	value_put_bool(view, "none", count == 0 && !x->problem);
	value_put_text(view, "began", began);
	value_put_text(view, "is_as_of", params_get(&x->query, "as_of"));
	exchange_put_past(x, view, as_of);
	value_put_text(view, "csv", exchange_address(x, "/lists.csv", "format", "csv"));
	return reply_page(x, "audience/lists", "Lists", "lists", view, err);
}

/* A share of a list's contacts, beside that of all lists. */
struct share {
	int64_t part, whole, all_part, all_whole;
};

static void put_share(struct value *cards, const char *label, struct share share, const char *note,
                      const char *filter) {
	struct arena *arena = cards->arena;
	struct value *card = value_push(cards, value_map(arena));
	value_put_text(card, "label", label);
	value_put_text(card, "value", text_of_count(arena, share.part));
	value_put_text(card, "share",
	               share.whole > 0 ? arena_print(arena, "%s of %s contacts", share_text(arena, share.part, share.whole),
	                                             text_of_count(arena, share.whole))
	                               : NULL);
	value_put_text(card, "others", share_text(arena, share.all_part, share.all_whole));
	value_put_text(card, "note", note);
	value_put_text(card, "filter", filter);
}

/* What the people on all lists did; a person on two lists counts twice. */
static bool sum_engagements(struct exchange *x, struct list_engagement *sum, struct error *err) {
	struct list *lists;
	struct moment as_of;
	int count;
	*sum = (struct list_engagement){ 0 };
	if (!find_lists(x, &lists, &count, &as_of, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct list_engagement *one = &lists[i].engagement;
		if (!moment_is_set(one->counted_at))
			continue;
		checked_add(&sum->contacts, one->contacts);
		checked_add(&sum->opened, one->opened);
		checked_add(&sum->clicked, one->clicked);
		checked_add(&sum->never_opened, one->never_opened);
		checked_add(&sum->joined_30_days, one->joined_30_days);
	}
	return true;
}

/* What the list's people did, as counted by the newest contacts run. */
static bool put_engagement(struct exchange *x, struct value *row, const struct list *list, struct error *err) {
	struct value *cards = value_put(row, "engagement", value_list(row->arena));
	const struct list_engagement *one = &list->engagement;
	struct list_engagement all;
	bool counted = moment_is_set(one->counted_at);
	value_put_text(row, "counted", counted ? text_of_moment(row->arena, one->counted_at) : NULL);
	if (!counted)
		return true;
	if (!sum_engagements(x, &all, err))
		return false;
	put_share(cards, "Opened at least once", (struct share){ one->opened, one->contacts, all.opened, all.contacts },
	          "incl. automated opens", "&engagement=opened");
	put_share(cards, "Clicked at least once", (struct share){ one->clicked, one->contacts, all.clicked, all.contacts },
	          "", "&engagement=clicked");
	put_share(cards, "Never opened", (struct share){ one->never_opened, one->contacts, all.never_opened, all.contacts },
	          "as far as reports were read", "&engagement=never");
	put_share(cards, "Joined in 30 days",
	          (struct share){ one->joined_30_days, one->contacts, all.joined_30_days, all.contacts }, "",
	          "&period=30d");
	return true;
}

static const char *relative_change(struct arena *arena, int64_t now, int64_t before) {
	double percent = change_percent((double)now, (double)before);
	return isnan(percent) ? "–" : arena_print(arena, "%.1f %%", percent);
}

/* The finding of the chart of subscribed contacts, in words; `history` is newest first. NULL if there is none. */
static const char *history_finding(struct arena *arena, const struct list_snapshot *history, int count) {
	if (count == 0)
		return NULL;
	int64_t first = history[count - 1].counts.subscribed, last = history[0].counts.subscribed;
	const char *since = text_of_day(arena, history[count - 1].snapshot_time);
	if (count == 1)
		return arena_print(arena, "%s when first read, %s.", text_of_count(arena, last), since);
	return arena_print(arena, "From %s on %s to %s on %s: %s (%s).", text_of_count(arena, first), since,
	                   text_of_count(arena, last), text_of_day(arena, history[0].snapshot_time),
	                   text_of_change(arena, last - first), relative_change(arena, last, first));
}

/* Oldest first, for the chart. */
static void put_history(struct value *view, const struct list_snapshot *history, int count) {
	struct value *rows = value_put(view, "history", value_list(view->arena));
	for (int i = count - 1; i >= 0; i--) {
		struct value *one = value_push(rows, value_map(view->arena));
		value_put_text(one, "time", text_of_moment(view->arena, history[i].snapshot_time));
		value_put_int(one, "subscribed", history[i].counts.subscribed);
		value_put_int(one, "pending", history[i].counts.pending);
		value_put_int(one, "unsubscribed", history[i].counts.unsubscribed);
		value_put_text(one, "run", history[i].run_id);
	}
}

static void put_tag(struct value *tags, const char *tag) {
	struct value *row = value_push(tags, value_map(tags->arena));
	value_put_text(row, "tag", tag);
	value_put_text(row, "query", url_encoded(tags->arena, tag));
}

static bool show_list(struct exchange *x, struct error *err) {
	struct list list;
	struct list_snapshot *history;
	struct moment as_of;
	int count;
	if (!list_of_address(x, &list, &as_of, err) || !find_history(x, &list, &history, &count, err))
		return false;
	struct value *view = value_map(x->arena);
	struct value *row = value_put(view, "list", row_view(&list, x->arena));
	exchange_put_past(x, view, as_of);
	if (!list_put_growth(x, view, &list, moment_is_set(as_of), err))
		return false;
	put_month(row, &list, history, count, moment_is_set(as_of) ? as_of : x->now);
	value_put_text(view, "history_finding", history_finding(x->arena, history, count));
	if (!put_engagement(x, row, &list, err))
		return false;
	put_history(view, history, count);
	struct value *fields = value_put(view, "fields", value_list(x->arena));
	const struct list_field *items = list.fields.items;
	for (int i = 0; i < list.fields.count; i++)
		(void)value_push(fields, record_to_value(&list_field_record, &items[i], x->arena));
	struct value *tags = value_put(view, "tags", value_list(x->arena));
	for (int i = 0; i < list.tags.count; i++)
		put_tag(tags, list.tags.items[i]);
	return reply_page(x, "audience/list", text_is_empty(list.name) ? "(no name)" : list.name, "lists", view, err);
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
	if (!find_recorded(x, &lists, &count, err))
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

/* Keeps the old JSON name of the provider's id, from when there was one provider. */
static struct value *list_json(const struct list *list, struct arena *arena) {
	struct value *map = record_to_value(&list_record, list, arena);
	value_put_text(map, "emailoctopus_id", list->external.id);
	return map;
}

static bool lists_api(struct exchange *x, struct error *err) {
	struct list *lists;
	int count;
	if (!find_recorded(x, &lists, &count, err))
		return false;
	struct value *rows = value_list(x->arena);
	for (int i = 0; i < count; i++)
		(void)value_push(rows, list_json(&lists[i], x->arena));
	return reply_json(x, rows);
}

static bool list_api(struct exchange *x, struct error *err) {
	struct list list;
	struct moment as_of;
	return list_of_address(x, &list, &as_of, err) && reply_json(x, list_json(&list, x->arena));
}

static bool snapshots_api(struct exchange *x, struct error *err) {
	struct list list;
	struct list_snapshot *rows;
	struct moment as_of;
	int count;
	return list_of_address(x, &list, &as_of, err) && find_history(x, &list, &rows, &count, err) &&
	       reply_rows(x, &list_snapshot_record, (struct rows){ rows, count });
}

const struct route list_routes[] = {
	{ "GET", "/lists", GUARD_SIGNED_IN, show_lists, .realms = REALM_FIGURES, .goes_back = true },
	{ "GET", "/lists/:list_id", GUARD_SIGNED_IN, show_list, .realms = REALM_FIGURES, .goes_back = true },
	{ "GET", "/lists.csv", GUARD_SIGNED_IN, lists_csv, .realms = REALM_FIGURES, .download = true, .goes_back = true },
	{ "GET", "/lists/:list_id/history.csv", GUARD_SIGNED_IN, history_csv, .realms = REALM_FIGURES, .download = true,
	  .goes_back = true },
	{ "GET", "/api/lists", GUARD_SIGNED_IN, lists_api, .summary = "All lists with their counts", .output = &list_record,
	  .list = true, .realms = REALM_FIGURES, .goes_back = true, .shape = "emailoctopus_id:text" },
	{ "GET", "/api/lists/:list_id", GUARD_SIGNED_IN, list_api, .summary = "One list", .output = &list_record,
	  .realms = REALM_FIGURES, .goes_back = true, .shape = "emailoctopus_id:text" },
	{ "GET", "/api/lists/:list_id/snapshots", GUARD_SIGNED_IN, snapshots_api,
	  .summary = "The history of its counts, newest first", .output = &list_snapshot_record, .list = true,
	  .realms = REALM_FIGURES, .goes_back = true },
	{ 0 },
};
