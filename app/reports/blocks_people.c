/* Blocks about people: engagement and mailbox providers; and the grid of sending times. */
#include <math.h>

#include "audience/contacts/rollup.h"
#include "core/base/local.h"
#include "core/formats/mail.h"
#include "events/reach.h"
#include "insights/heatmap.h"
#include "metrics/share.h"
#include "reports/compose.h"

enum { DOMAINS_MAX = 15 };

static const char *const days[WEEKDAYS] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

static struct cell rate_in(struct arena *arena, const struct heat_cell *cell) {
	struct cell rate = cell_number(arena, metrics_rate(&cell->totals, METRIC_CLICK_RATE), 2, NULL);
	if (!cell->campaigns)
		return cell_text(NULL);
	rate.text = arena_print(arena, heat_cell_counts(cell) ? "%s ×%d" : "(%s ×%d)", rate.text, cell->campaigns);
	return rate;
}

/* For machines the cells that hold anything, one a row. */
static void add_cells(const struct report_data *data, struct document *document, const struct heatmap *map) {
	static const struct column columns[] = { { .label = "Weekday" }, { "Hour", true },
		                                     { "Campaigns", true },  { "Delivered", true },
		                                     { "Clicked", true },    { "Click rate", true, .unit = "%" } };
	struct arena *arena = data->arena;
	struct table *table = document_table(document, "heatmap-cells",
	                                     arena_print(arena, "Campaigns by weekday and hour of sending, %s",
	                                                 local_name()),
	                                     columns, 6);
	table->only_csv = true;
	for (int day = 0; day < WEEKDAYS; day++)
		for (int hour = 0; hour < HOURS; hour++) {
			const struct heat_cell *cell = &map->cells[day][hour];
			if (cell->campaigns)
				table_row(document, table,
				          (const struct cell[]){
							  cell_text(days[day]), cell_count(arena, hour), cell_count(arena, cell->campaigns),
							  cell_count(arena, metrics_delivered(&cell->totals)),
							  cell_count(arena, cell->totals.clicked),
							  cell_number(arena, metrics_rate(&cell->totals, METRIC_CLICK_RATE), 2, "%") });
		}
}

/* An hour at which nothing was ever sent is not shown. */
static bool is_used(const struct heatmap *map, int hour) {
	for (int day = 0; day < WEEKDAYS; day++)
		if (map->cells[day][hour].campaigns)
			return true;
	return false;
}

bool block_heatmap(const struct report_data *data, struct document *document, struct error *err) {
	struct arena *arena = data->arena;
	struct heatmap map;
	struct column *columns = arena_array(arena, struct column, WEEKDAYS + 1);
	(void)err;
	heatmap_of(&data->figures, moment_is_set(data->as_of) ? data->as_of : data->now, &map);
	document_section(document, "Best time to send");
	if (data->figures.with_report == 0) {
		document_text(document, "No campaign of this period has figures yet.");
		return true;
	}
	columns[0] = (struct column){ .label = local_name() };
	for (int day = 0; day < WEEKDAYS; day++)
		columns[day + 1] = (struct column){ days[day], true };
	struct table
		*table = document_table(document, "heatmap",
	                            "Click rate in percent by weekday and hour of sending, and number of campaigns; in "
	                            "brackets: too few to judge, under 3 campaigns or 1,000 delivered",
	                            columns, WEEKDAYS + 1);
	for (int hour = 0; hour < HOURS; hour++) {
		if (!is_used(&map, hour))
			continue;
		struct cell cells[WEEKDAYS + 1] = { cell_text(arena_print(arena, "%02d:00", hour)) };
		for (int day = 0; day < WEEKDAYS; day++)
			cells[day + 1] = rate_in(arena, &map.cells[day][hour]);
		table_row(document, table, cells);
	}
	add_cells(data, document, &map);
	return true;
}

static struct cell share_of(struct arena *arena, int64_t part, int64_t whole) {
	return cell_number(arena, share_percent(part, whole), 1, "%");
}

/* In the 30 days before the end of the period. */
static bool count_joined(const struct report_data *data, const struct list *list, int64_t *joined, struct error *err) {
	bool is_over = moment_is_set(data->period.to) && data->period.to.ms < data->now.ms;
	struct moment end = is_over ? data->period.to : data->now;
	return reach_joined(data->store, list->id, moment_add(end, -30 * DAY_MS), end, joined, err);
}

/* By the rollup of the newest sync, over all campaigns of the account. */
static bool add_engagement(const struct report_data *data, struct document *document, struct table *table,
                           const struct list *list, struct error *err) {
	struct arena *arena = data->arena;
	const struct list_engagement *e = &list->engagement;
	int64_t joined;
	if (!count_joined(data, list, &joined, err))
		return false;
	if (moment_is_set(e->counted_at))
		table_row(document, table,
		          (const struct cell[]){ cell_text(report_list_name(list)), cell_count(arena, e->contacts),
		                                 share_of(arena, e->opened, e->contacts),
		                                 share_of(arena, e->clicked, e->contacts),
		                                 share_of(arena, e->never_opened, e->contacts), cell_count(arena, joined) });
	return true;
}

/* The same for the report's campaigns alone. */
static bool add_reach(const struct report_data *data, struct document *document, struct table *table,
                      const struct list *list, const struct reach *reach, struct error *err) {
	struct arena *arena = data->arena;
	int64_t joined;
	if (!count_joined(data, list, &joined, err))
		return false;
	if (reach->contacts)
		table_row(document, table,
		          (const struct cell[]){
					  cell_text(report_list_name(list)), cell_count(arena, reach->contacts),
					  share_of(arena, reach->opened, reach->contacts), share_of(arena, reach->clicked, reach->contacts),
					  share_of(arena, reach->contacts - reach->opened, reach->contacts), cell_count(arena, joined) });
	return true;
}

/* People as of a past moment are not recorded, only what was counted of whole lists. */
static bool is_past(const struct report_data *data, struct document *document) {
	if (!moment_is_set(data->as_of))
		return false;
	document_text(document, "Not recorded for a past date: the people of a list are known as of today.");
	return true;
}

static const char *whose_campaigns(const struct report_data *data) {
	return data->report->partner_id ? "the partner's campaigns" : "the campaigns of this report";
}

/* A report on a list alone has the list's own engagement, over all campaigns. */
bool block_engagement(const struct report_data *data, struct document *document, struct error *err) {
	static const struct column columns[] = { { .label = "List" },
		                                     { "Contacts", true },
		                                     { "Opened once", true, .unit = "%" },
		                                     { "Clicked once", true, .unit = "%" },
		                                     { "Never opened", true, .unit = "%" },
		                                     { "Joined in 30 days", true } };
	struct reaches reaches;
	document_section(document, "Opens and clicks by list");
	if (report_is_limited(data->report) && is_past(data, document))
		return true;
	if (report_is_limited(data->report) && !report_reach(data, &reaches, err))
		return false;
	struct table *table = document_table(document, "engagement",
	                                     arena_print(data->arena,
	                                                 "People of each list and what they did with %s, percent of "
	                                                 "contacts; automated opens included",
	                                                 report_is_limited(data->report) ? whose_campaigns(data)
	                                                                                 : "all campaigns"),
	                                     columns, 6);
	const struct reach *reach = report_is_limited(data->report) ? reaches.lists.items : NULL;
	for (int i = 0; i < data->list_count; i++) {
		if (reach ? !add_reach(data, document, table, &data->lists[i], &reach[i], err)
		          : !add_engagement(data, document, table, &data->lists[i], err))
			return false;
	}
	if (table->row_count == 0)
		document_note(document, "Contacts have not been synced yet.");
	return true;
}

/* struct reach, the largest first: of the whole account, or of the report's lists and campaigns. */
static bool find_domains(const struct report_data *data, struct rows *domains, struct error *err) {
	struct rows all;
	struct reaches reaches;
	if (report_is_limited(data->report) || data->report->list) {
		bool fine = report_reach(data, &reaches, err);
		*domains = reaches.domains;
		return fine;
	}
	if (!rollup_find_domains(data->store, data->arena, &all, err))
		return false;
	const struct domain_count *items = all.items;
	struct reach *rows = arena_array(data->arena, struct reach, all.count + 1);
	for (int i = 0; i < all.count; i++)
		rows[i] = (struct reach){ items[i].domain, items[i].contacts, items[i].opened, items[i].clicked,
			                      items[i].bounced };
	*domains = (struct rows){ rows, all.count };
	return true;
}

bool block_domains(const struct report_data *data, struct document *document, struct error *err) {
	static const struct column columns[] = { { .label = "Mailbox provider" },
		                                     { "Contacts", true },
		                                     { "Opened once", true, .unit = "%" },
		                                     { "Clicked once", true, .unit = "%" },
		                                     { "Bounced once", true, .unit = "%" } };
	struct arena *arena = data->arena;
	struct rows domains;
	document_section(document, "Mailbox providers");
	if (is_past(data, document))
		return true;
	if (!find_domains(data, &domains, err))
		return false;
	const struct reach *items = domains.items;
	const char *whose = report_is_limited(data->report) || data->report->list
	                        ? arena_print(arena, "The people of these lists, and what they did with %s,",
	                                      whose_campaigns(data))
	                        : "All contacts";
	struct table *table = document_table(document, "domains",
	                                     arena_print(arena,
	                                                 "%s by the domain of their address, the largest first, percent of "
	                                                 "contacts; automated opens included",
	                                                 whose),
	                                     columns, 5);
	for (int i = 0; i < domains.count && i < DOMAINS_MAX; i++)
		table_row(document, table,
		          (const struct cell[]){ cell_text(mail_shown_domain(items[i].name, arena)),
		                                 cell_count(arena, items[i].contacts),
		                                 share_of(arena, items[i].opened, items[i].contacts),
		                                 share_of(arena, items[i].clicked, items[i].contacts),
		                                 share_of(arena, items[i].bounced, items[i].contacts) });
	if (domains.count > DOMAINS_MAX)
		document_note(document, arena_print(arena, "%d smaller ones are left out.", domains.count - DOMAINS_MAX));
	return true;
}
