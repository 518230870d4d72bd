/* Blocks about lists: size and growth. */
#include "audience/lists/past.h"
#include "audience/lists/week.h"
#include "core/base/buf.h"
#include "core/base/checked.h"
#include "core/base/local.h"
#include "events/leaving.h"
#include "reports/compose.h"

enum { WEEKS_MAX = 26 };

static const struct list_counts unknown = { COUNT_NONE, COUNT_NONE, COUNT_NONE };

/* The counts that were read last up to that moment: unknown before the first sync. */
static bool counts_at(const struct report_data *data, const struct list *list, struct moment at,
                      struct list_counts *counts, struct moment *read_at, struct error *err) {
	struct list then = *list;
	bool known;
	if (!list_at(data->store, &then, at, data->arena, &known, err))
		return false;
	*counts = known ? then.counts : unknown;
	*read_at = known ? then.synced_at : MOMENT_NONE;
	return true;
}

/* Where the report ends: at the end of its period if that is past, at the past moment it is about, or now
 * (MOMENT_NONE). */
static struct moment end_of(const struct report_data *data) {
	struct moment to = data->period.to, last = moment_is_set(data->as_of) ? data->as_of : data->now;
	return moment_is_set(to) && to.ms <= last.ms ? moment_add(to, -1) : data->as_of;
}

static bool add_list(const struct report_data *data, struct document *document, struct table *table,
                     const struct list *list, struct error *err) {
	struct arena *arena = data->arena;
	struct moment end = end_of(data), from = data->period.from, read_at = list->synced_at, ignored;
	struct list_counts now = list->counts, then = unknown;
	if (moment_is_set(end) && moment_is_set(list->created_at) && list->created_at.ms > end.ms)
		return true; /* not there yet */
	if ((moment_is_set(end) && !counts_at(data, list, end, &now, &read_at, err)) ||
	    (moment_is_set(from) && !counts_at(data, list, moment_add(from, -1), &then, &ignored, err)))
		return false;
	bool known = now.subscribed != COUNT_NONE && then.subscribed != COUNT_NONE;
	int64_t change = known ? checked_difference(now.subscribed, then.subscribed) : COUNT_NONE;
	table_row(document, table,
	          (const struct cell[]){ cell_text(report_list_name(list)), cell_count(arena, now.subscribed),
	                                 cell_change(arena, change), cell_count(arena, now.unsubscribed),
	                                 cell_count(arena, now.pending),
	                                 moment_is_set(read_at) ? cell_moment(arena, read_at)
	                                                        : cell_text("Not synced before the end of the period") });
	return true;
}

bool block_lists(const struct report_data *data, struct document *document, struct error *err) {
	static const struct column columns[] = {
		{ .label = "List" },      { "Subscribed", true }, { "Change in the period", true },
		{ "Unsubscribed", true }, { "Pending", true },    { .label = "Last synced" }
	};
	document_section(document, "Lists");
	struct table *table = document_table(document, "lists",
	                                     "Contacts at the end of the period, as EmailOctopus counted them", columns, 6);
	for (int i = 0; i < data->list_count; i++)
		if (!add_list(data, document, table, &data->lists[i], err))
			return false;
	document_note(document, "The change is from the beginning to the end of the period. It is known only if the list "
	                        "was synced before the period began.");
	return true;
}

static double left_in(const struct list_week *week) {
	return (double)week->unsubscribed + (double)week->complained + (double)week->bounced + (double)week->otherwise;
}

static const char *weeks_finding(struct arena *arena, const struct list_week *weeks, int count) {
	int64_t joined = 0, unsubscribed = 0, complained = 0, bounced = 0, otherwise = 0;
	for (int i = 0; i < count; i++) {
		checked_add(&joined, weeks[i].joined);
		checked_add(&unsubscribed, weeks[i].unsubscribed);
		checked_add(&complained, weeks[i].complained);
		checked_add(&bounced, weeks[i].bounced);
		checked_add(&otherwise, weeks[i].otherwise);
	}
	const struct {
		int64_t people;
		const char *did;
	} losses[] = { { unsubscribed, "unsubscribed" },
		           { complained, "complained" },
		           { bounced, "bounced" },
		           { otherwise, "left for other reasons" } };
	BUF_AUTO out = { 0 };
	buf_print(&out, "%s joined", text_of_count(arena, joined));
	for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
		if (losses[i].people)
			buf_print(&out, ", %s %s", text_of_count(arena, losses[i].people), losses[i].did);
	buf_text_add(&out, ".");
	return arena_copy(arena, buf_text(&out));
}

/* The weeks in the period, at most the newest WEEKS_MAX. */
static void add_weeks(const struct report_data *data, struct document *document, int number, const struct rows *weeks) {
	struct arena *arena = data->arena;
	const struct list_week *items = weeks->items;
	struct chart *chart = arena_new_of(arena, struct chart);
	struct point *points = arena_array(arena, struct point, WEEKS_MAX);
	double *rows[6];
	int last = weeks->count, first = 0;
	while (moment_is_set(data->period.to) && last > 0 && items[last - 1].week.ms >= data->period.to.ms)
		last--;
	while (moment_is_set(data->period.from) && first < last &&
	       items[first].week.ms + 7 * DAY_MS <= data->period.from.ms)
		first++;
	if (last - first > WEEKS_MAX)
		first = last - WEEKS_MAX;
	for (int s = 0; s < 6; s++)
		rows[s] = arena_array(arena, double, WEEKS_MAX);
	chart->points = points;
	for (int i = first; i < last; i++) {
		int at = chart->count++;
		points[at] = (struct point){ .name = text_of_day(arena, items[i].week),
			                         .plain = text_of_iso_day(arena, items[i].week),
			                         .tick = report_day(local_wall(items[i].week), arena),
			                         .at = MOMENT_NONE };
		rows[0][at] = (double)items[i].joined;
		rows[1][at] = -(double)items[i].unsubscribed;
		rows[2][at] = -(double)items[i].complained;
		rows[3][at] = -(double)items[i].bounced;
		rows[4][at] = -(double)items[i].otherwise;
		rows[5][at] = (double)items[i].joined - left_in(&items[i]);
	}
	const struct {
		const char *label;
		enum role role;
	} looks[] = { { "Joined", ROLE_JOINED },
		          { "Unsubscribed", ROLE_LOST },
		          { "Complained", ROLE_OTHER },
		          { "Bounced", ROLE_OTHER },
		          { report_is_limited(data->report) ? "Other reasons" : "Reason unknown", ROLE_OTHER },
		          { "Net", ROLE_MEAN } };
	for (int s = 0; s < 6; s++)
		chart->series[chart->series_count++] = (struct series){ looks[s].label, looks[s].role, rows[s] };
	chart->kind = CHART_STACKED;
	chart->told = true; /* by the sums at its columns and by the finding */
	chart->finding = weeks_finding(arena, items + first, last - first);
	chart->name = arena_print(arena, "weeks-%d", number + 1);
	chart->title = report_list_name(&data->lists[number]);
	chart->unit = arena_print(arena, "Contacts a week, from Monday (%s), by reason", local_name());
	if (chart->count)
		document_chart(document, chart);
}

/* Of a list that is shared with others, only the causes that the report's own campaigns tell. Weeks in a zone for which
 * none are stored are counted now. */
static bool find_weeks(const struct report_data *data, const struct list *list, struct rows *weeks, struct error *err) {
	bool shared = strings_have(&data->shared_lists, list->id), stored;
	if (!list_has_local_weeks(data->store, list->id, &stored, err))
		return false;
	return shared || !stored ? leaving_find_weeks(data->store, list->id, shared ? &data->campaign_ids : NULL, data->now,
	                                              data->arena, weeks, err)
	                         : list_find_weeks(data->store, list->id, data->arena, weeks, err);
}

bool block_list_growth(const struct report_data *data, struct document *document, struct error *err) {
	document_section(document, "List growth");
	if (moment_is_set(data->as_of)) {
		document_text(document, "Not recorded for a past date: who joined and left is known as of today.");
		return true;
	}
	for (int i = 0; i < data->list_count; i++) {
		struct rows weeks;
		if (!find_weeks(data, &data->lists[i], &weeks, err))
			return false;
		add_weeks(data, document, i, &weeks);
	}
	document_note(document, arena_print(data->arena,
	                                    "Contacts leave on the day that a campaign report gives, else on the day of "
	                                    "their last change.%s",
	                                    report_is_limited(data->report)
	                                        ? " Reasons come from the campaigns of this report; all others are “Other "
	                                          "reasons”."
	                                        : ""));
	return true;
}
