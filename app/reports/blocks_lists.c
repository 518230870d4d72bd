/* Blocks about lists and people: heatmap, size, growth, engagement, mailbox providers. */
#include <math.h>
#include <string.h>

#include "audience/contacts/rollup.h"
#include "audience/lists/week.h"
#include "core/base/checked.h"
#include "insights/heatmap.h"
#include "metrics/share.h"
#include "reports/compose.h"

enum { WEEKS_MAX = 26, DOMAINS_MAX = 15, HOURS_MAX = 14 };

static bool is_used(const struct heatmap *map, int hour) {
	for (int day = 0; day < WEEKDAYS; day++)
		if (map->cells[day][hour].campaigns)
			return true;
	return false;
}

bool block_heatmap(const struct report_data *data, struct document *document, struct error *err) {
	static const char *const days[WEEKDAYS] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	struct arena *arena = data->arena;
	struct heatmap map;
	struct column *columns = arena_array(arena, struct column, HOURS_MAX + 1);
	int hours[HOURS_MAX], count = 0;
	(void)err;
	heatmap_of(&data->figures, &map);
	document_section(document, "When campaigns were sent");
	columns[0] = (struct column){ "UTC", false };
	for (int hour = 0; hour < HOURS && count < HOURS_MAX; hour++)
		if (is_used(&map, hour)) {
			hours[count++] = hour;
			columns[count] = (struct column){ arena_print(arena, "%02d h", hour), true };
		}
	if (count == 0) {
		document_text(document, "No campaign of this period has figures yet.");
		return true;
	}
	struct table
		*table = document_table(document, "heatmap",
	                            "Click rate in percent by weekday and hour of sending, and number of campaigns; "
	                            "in brackets where fewer than 3 campaigns or 1,000 delivered stand behind it",
	                            columns, count + 1);
	for (int day = 0; day < WEEKDAYS; day++) {
		const char **cells = arena_array(arena, const char *, count + 1);
		cells[0] = days[day];
		for (int i = 0; i < count; i++) {
			const struct heat_cell *cell = &map.cells[day][hours[i]];
			double rate = metrics_rate(&cell->totals, METRIC_CLICK_RATE);
			if (cell->campaigns && !isnan(rate))
				cells[i + 1] = arena_print(arena, heat_cell_counts(cell) ? "%.2f ×%d" : "(%.2f ×%d)", rate,
				                           cell->campaigns);
		}
		table_row(document, table, cells);
	}
	return true;
}

/* Is it the report's list, or is the report about all lists? */
static bool is_meant(const struct report_data *data, const struct list *list) {
	return !data->report->list || text_same(list->id, data->report->list);
}

/* The list at the start of the period; *known is false before the first sync. */
static bool list_before(const struct report_data *data, const struct list *list, struct list *then, bool *known,
                        struct error *err) {
	*then = *list;
	*known = false;
	return !moment_is_set(data->period.from) || list_at(data->store, then, data->period.from, data->arena, known, err);
}

bool block_lists(const struct report_data *data, struct document *document, struct error *err) {
	static const struct column columns[] = {
		{ "List", false },        { "Subscribed", true }, { "Change in the period", true },
		{ "Unsubscribed", true }, { "Pending", true },    { "Read", false }
	};
	struct arena *arena = data->arena;
	document_section(document, "Lists");
	struct table *table = document_table(document, "lists", "Contacts, as EmailOctopus counts them (GET /lists)",
	                                     columns, 6);
	for (int i = 0; i < data->list_count; i++) {
		struct list list = data->lists[i], then;
		bool known = true, known_then;
		if (moment_is_set(data->as_of) && !list_at(data->store, &list, data->as_of, arena, &known, err))
			return false;
		if (!known || !is_meant(data, &list))
			continue;
		if (!list_before(data, &list, &then, &known_then, err))
			return false;
		table_row(document, table,
		          (const char *[]){
					  text_is_empty(list.name) ? "(no name)" : list.name, text_of_count(arena, list.counts.subscribed),
					  known_then
						  ? text_of_change(arena, checked_difference(list.counts.subscribed, then.counts.subscribed))
						  : "–",
					  text_of_count(arena, list.counts.unsubscribed), text_of_count(arena, list.counts.pending),
					  text_of_moment(arena, list.synced_at) });
	}
	document_note(document, "A change is known only when a sync had read the list before the period began.");
	return true;
}

static double left_in(const struct list_week *week) {
	return (double)week->unsubscribed + (double)week->complained + (double)week->bounced + (double)week->otherwise;
}

/* The weeks in the period, at most the newest WEEKS_MAX. */
static void add_weeks(const struct report_data *data, struct document *document, const struct list *list,
                      const struct rows *weeks) {
	struct arena *arena = data->arena;
	const struct list_week *items = weeks->items;
	struct chart *chart = arena_new_of(arena, struct chart);
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
	chart->labels = arena_array(arena, const char *, WEEKS_MAX);
	for (int i = first; i < last; i++) {
		char day[MOMENT_TEXT];
		int at = chart->count++;
		chart->labels[at] = arena_copy(arena, moment_format_day(items[i].week, day));
		rows[0][at] = (double)items[i].joined;
		rows[1][at] = -(double)items[i].unsubscribed;
		rows[2][at] = -(double)items[i].complained;
		rows[3][at] = -(double)items[i].bounced;
		rows[4][at] = -(double)items[i].otherwise;
		rows[5][at] = (double)items[i].joined - left_in(&items[i]);
	}
	static const struct {
		const char *label;
		enum role role;
	} looks[] = { { "Joined", ROLE_JOINED }, { "Unsubscribed", ROLE_LOST }, { "Complained", ROLE_OTHER },
		          { "Bounced", ROLE_PLAIN }, { "Otherwise", ROLE_OPENS },   { "Net", ROLE_USUAL } };
	for (int s = 0; s < 6; s++)
		chart->series[chart->series_count++] = (struct series){ looks[s].label, looks[s].role, rows[s] };
	chart->kind = CHART_STACKED;
	chart->name = arena_print(arena, "weeks-%s", list->id);
	chart->title = text_is_empty(list->name) ? "(no name)" : list->name;
	chart->unit = "contacts a week (UTC, from Monday), by cause";
	if (chart->count)
		document_chart(document, chart);
}

bool block_list_growth(const struct report_data *data, struct document *document, struct error *err) {
	document_section(document, "Who joined and who left");
	document_note(document,
	              "Who left is dated by the campaign's report that says why, or else by the contact's last change.");
	for (int i = 0; i < data->list_count; i++) {
		struct rows weeks;
		if (!is_meant(data, &data->lists[i]))
			continue;
		if (!list_find_weeks(data->store, data->lists[i].id, data->arena, &weeks, err))
			return false;
		add_weeks(data, document, &data->lists[i], &weeks);
	}
	return true;
}

static char *share_of(struct arena *arena, int64_t part, int64_t whole) {
	double percent = share_percent(part, whole);
	return isnan(percent) ? arena_copy(arena, "–") : arena_print(arena, "%.1f", percent);
}

bool block_engagement(const struct report_data *data, struct document *document, struct error *err) {
	static const struct column columns[] = { { "List", false },           { "Contacts", true },
		                                     { "Opened once, %", true },  { "Clicked once, %", true },
		                                     { "Never opened, %", true }, { "Joined in 30 days", true } };
	struct arena *arena = data->arena;
	(void)err;
	document_section(document, "How many open and click");
	struct table *table = document_table(document, "engagement",
	                                     "People of each list over all campaigns, percent of contacts; opens include "
	                                     "automated ones",
	                                     columns, 6);
	for (int i = 0; i < data->list_count; i++) {
		const struct list_engagement *e = &data->lists[i].engagement;
		if (!is_meant(data, &data->lists[i]) || !moment_is_set(e->counted_at))
			continue;
		table_row(document, table,
		          (const char *[]){ text_is_empty(data->lists[i].name) ? "(no name)" : data->lists[i].name,
		                            text_of_count(arena, e->contacts), share_of(arena, e->opened, e->contacts),
		                            share_of(arena, e->clicked, e->contacts),
		                            share_of(arena, e->never_opened, e->contacts),
		                            text_of_count(arena, e->joined_30_days) });
	}
	if (table->row_count == 0)
		document_note(document, "Contacts have not been read yet.");
	return true;
}

bool block_domains(const struct report_data *data, struct document *document, struct error *err) {
	static const struct column columns[] = { { "Mailbox provider", false },
		                                     { "Contacts", true },
		                                     { "Opened once, %", true },
		                                     { "Clicked once, %", true },
		                                     { "Bounced once, %", true } };
	struct arena *arena = data->arena;
	struct rows domains;
	if (!rollup_find_domains(data->store, arena, &domains, err))
		return false;
	const struct domain_count *items = domains.items;
	document_section(document, "Mailbox providers");
	struct table *table = document_table(document, "domains",
	                                     "All contacts by the domain of their address, the largest first, percent of "
	                                     "contacts; opens include automated ones",
	                                     columns, 5);
	for (int i = 0; i < domains.count && i < DOMAINS_MAX; i++)
		table_row(document, table,
		          (const char *[]){ items[i].domain, text_of_count(arena, items[i].contacts),
		                            share_of(arena, items[i].opened, items[i].contacts),
		                            share_of(arena, items[i].clicked, items[i].contacts),
		                            share_of(arena, items[i].bounced, items[i].contacts) });
	if (domains.count > DOMAINS_MAX)
		document_note(document, arena_print(arena, "and %d smaller ones", domains.count - DOMAINS_MAX));
	return true;
}
