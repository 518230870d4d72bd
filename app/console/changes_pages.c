/* Changes between two moments, as page, JSON and CSV. */
#include "console/changes_pages.h"

#include <math.h>

#include "core/base/calendar.h"
#include "core/base/checked.h"
#include "core/base/local.h"
#include "core/formats/period.h"
#include "core/http/parts.h"
#include "insights/changes.h"
#include "metrics/share.h"

enum { DAYS_BACK = 7, SHOWN_MAX = 200 };

struct span {
	struct moment since, until;
};

static bool read_moment(const struct exchange *x, const char *name, struct moment otherwise, struct moment *at,
                        struct error *err) {
	const char *value = params_get(&x->query, name);
	struct param as_of = { "as_of", value ? value : "" };
	struct error why = ERROR_INIT;
	if (!period_as_of(&(struct params){ &as_of, 1 }, x->now, at, &why))
		return error_field(err, name, "“%.40s” is not a past date. Write it like 2026-11-21", as_of.value) ||
		       error_codes(err, " or 2026-11-21T10:00:00Z");
	if (!moment_is_set(*at))
		*at = otherwise;
	return true;
}

static bool read_span(const struct exchange *x, struct span *span, struct error *err) {
	struct moment now = x->now,
				  week = moment_add(local_moment(moment_add(day_start(local_wall(now)), -DAYS_BACK * DAY_MS)), -1);
	if (!read_moment(x, "since", week, &span->since, err) || !read_moment(x, "until", now, &span->until, err))
		return false;
	return span->since.ms <= span->until.ms || error_field(err, "until", "The end is before the beginning");
}

static bool find_changes(struct exchange *x, const struct span *span, struct change **changes, int *count,
                         struct error *err) {
	struct campaign_filter filter = CAMPAIGN_EVERY;
	struct campaign *before, *after;
	int before_count, after_count;
	filter.as_of = span->since;
	if (!campaign_select(x->store, &filter, x->arena, &before, &before_count, err))
		return false;
	filter.as_of = span->until;
	if (!campaign_select(x->store, &filter, x->arena, &after, &after_count, err))
		return false;
	*changes = arena_array(x->arena, struct change, after_count);
	*count = changes_of(before, before_count, after, after_count, *changes);
	return true;
}

/* A change as in JSON and CSV: the present values and their differences. */
struct change_line {
	const char *id, *name;
	bool is_new;
	int64_t sent, opened, opened_change, clicked, clicked_change, bounced, bounced_change, unsubscribed,
		unsubscribed_change, complaints, complaints_change;
};
static const struct field line_fields[] = {
	FIELD(struct change_line, id),
	FIELD(struct change_line, name),
	FIELD(struct change_line, is_new, .doc = "It had no figures at the first moment"),
	FIELD(struct change_line, sent, .unit = "people"),
	FIELD(struct change_line, opened, .unit = "people"),
	FIELD(struct change_line, opened_change, .unit = "people"),
	FIELD(struct change_line, clicked, .unit = "people"),
	FIELD(struct change_line, clicked_change, .unit = "people"),
	FIELD(struct change_line, bounced, .unit = "people"),
	FIELD(struct change_line, bounced_change, .unit = "people"),
	FIELD(struct change_line, unsubscribed, .unit = "people"),
	FIELD(struct change_line, unsubscribed_change, .unit = "people"),
	FIELD(struct change_line, complaints, .unit = "people"),
	FIELD(struct change_line, complaints_change, .unit = "people"),
};
const struct record_type change_record = RECORD_TYPE("Change", struct change_line, line_fields);

static struct change_line line_of(const struct change *change) {
	const struct metrics *a = &change->before, *b = &change->after;
	return (struct change_line){
		change->id,         change->name,
		change->is_new,     b->sent,
		b->opened,          checked_difference(b->opened, a->opened),
		b->clicked,         checked_difference(b->clicked, a->clicked),
		b->bounced,         checked_difference(b->bounced, a->bounced),
		b->unsubscribed,    checked_difference(b->unsubscribed, a->unsubscribed),
		b->spam_complaints, checked_difference(b->spam_complaints, a->spam_complaints),
	};
}

bool changes_api(struct exchange *x, struct error *err) {
	struct span span;
	struct change *changes;
	int count;
	if (!read_span(x, &span, err) || !find_changes(x, &span, &changes, &count, err))
		return false;
	struct change_line *lines = arena_array(x->arena, struct change_line, count);
	for (int i = 0; i < count; i++)
		lines[i] = line_of(&changes[i]);
	return reply_rows(x, &change_record, (struct rows){ lines, count });
}

bool changes_csv(struct exchange *x, struct error *err) {
	struct span span;
	struct change *changes;
	int count;
	if (!read_span(x, &span, err) || !find_changes(x, &span, &changes, &count, err))
		return false;
	record_to_csv_head(&change_record, &x->body);
	for (int i = 0; i < count; i++) {
		struct change_line line = line_of(&changes[i]);
		record_to_csv(&change_record, &line, &x->body);
	}
	return reply_csv(x, "changes.csv");
}

static void put_count(struct value *row, const char *name, int64_t before, int64_t after) {
	struct arena *arena = row->arena;
	int64_t change = checked_difference(after, before);
	value_put_text(row, name, text_of_count(arena, after));
	value_put_text(row, arena_print(arena, "%s_change", name), change ? text_of_change(arena, change) : NULL);
}

static void put_figures(struct value *row, const struct metrics *a, const struct metrics *b) {
	struct arena *arena = row->arena;
	put_count(row, "opened", a->opened, b->opened);
	put_count(row, "clicked", a->clicked, b->clicked);
	put_count(row, "bounced", a->bounced, b->bounced);
	put_count(row, "unsubscribed", a->unsubscribed, b->unsubscribed);
	put_count(row, "complaints", a->spam_complaints, b->spam_complaints);
	value_put_text(row, "rate_now", metric_text(arena, METRIC_CLICK_RATE, metrics_rate(b, METRIC_CLICK_RATE)));
	double moved = change_points(metrics_rate(b, METRIC_CLICK_RATE), metrics_rate(a, METRIC_CLICK_RATE));
	bool told = !isnan(moved) && fabs(moved) >= 0.005;
	value_put_text(row, "rate_change", told ? arena_print(arena, "%+.2f\u00a0pp", moved) : NULL);
}

/* The sum of all changes, including those not shown. */
static void put_total(struct value *view, const struct change *changes, int count) {
	struct metrics before = { 0 }, after = { 0 };
	for (int i = 0; i < count; i++) {
		metrics_add(&before, &changes[i].before);
		metrics_add(&after, &changes[i].after);
	}
	put_figures(value_put(view, "total", value_map(view->arena)), &before, &after);
}

static void put_changes(struct value *view, const struct change *changes, int count) {
	struct arena *arena = view->arena;
	struct value *rows = value_put(view, "changes", value_list(arena));
	for (int i = 0; i < count && i < SHOWN_MAX; i++) {
		struct value *row = value_push(rows, value_map(arena));
		value_put_text(row, "id", changes[i].id);
		value_put_text(row, "name", text_is_empty(changes[i].name) ? "(no name)" : changes[i].name);
		value_put_bool(row, "is_new", changes[i].is_new);
		/* What is new has no earlier figures to tell a change from. */
		put_figures(row, changes[i].is_new ? &changes[i].after : &changes[i].before, &changes[i].after);
	}
	put_total(view, changes, count);
	value_put_int(view, "count", count);
	value_put_bool(view, "none", count == 0);
	value_put_bool(view, "cut", count > SHOWN_MAX);
}

/* A bare day stands for its last moment. */
static char *since_text(struct arena *arena, struct moment since) {
	struct moment next = moment_add(since, 1);
	return local_wall(next).ms % DAY_MS == 0 ? arena_print(arena, "the end of %s", text_of_day(arena, since))
	                                         : text_of_moment(arena, next);
}

bool changes_page(struct exchange *x, struct error *err) {
	struct span span;
	struct change *changes = NULL;
	int count = 0;
	struct error problem;
	struct value *view = value_map(x->arena);
	bool fine = read_span(x, &span, &problem);
	if (!fine) {
		if (!exchange_show_problem(x, &problem, err))
			return false;
	} else if (!find_changes(x, &span, &changes, &count, err)) {
		return false;
	}
	value_put_text(view, "since", fine ? since_text(x->arena, span.since) : NULL);
	value_put_text(view, "until", fine ? text_of_moment(x->arena, span.until) : NULL);
	put_changes(view, changes, count);
	part_field(x, view, "since", fine ? text_of_iso_day(x->arena, span.since) : params_get(&x->query, "since"));
	part_field(x, view, "until", fine ? text_of_iso_day(x->arena, span.until) : params_get(&x->query, "until"));
	value_put_text(view, "csv", exchange_address(x, "/changes.csv", "format", "csv"));
	return reply_page(x, "console/changes", "Changes", "sync", view, err);
}
