/* Blocks about single campaigns: table, details, links. */
#include <math.h>
#include <string.h>

#include "campaigns/growth.h"
#include "campaigns/past.h"
#include "core/base/checked.h"
#include "metrics/share.h"
#include "reports/compose.h"

enum { CARDS = 3, DETAILS_MAX = 12, LINKS_MAX = 20, LINKS_A_PAGE = 10, LINK_ROOM = 5000, CAMPAIGN_COLUMNS = 9 };

static struct cell rate_of(struct arena *arena, const struct metrics *metrics, enum metric metric, const char *unit) {
	return cell_number(arena, metrics_rate(metrics, metric), metric_rows[metric].decimals, unit);
}

/* Unknown before the first report. */
static struct cell reported(const struct campaign *campaign, struct cell cell) {
	return campaign->has_report ? cell : cell_unknown();
}

static void add_total(const struct report_data *data, struct table *table) {
	struct arena *arena = data->arena;
	const struct metrics *totals = &data->figures.totals;
	const char *words = arena_print(arena, "%d campaigns, %d with figures", data->figures.count,
	                                data->figures.with_report);
	const struct cell last[CAMPAIGN_COLUMNS] = { cell_text("Total"),
		                                         cell_text(words),
		                                         cell_count(arena, metrics_delivered(totals)),
		                                         cell_count(arena, totals->clicked),
		                                         rate_of(arena, totals, METRIC_CLICK_RATE, NULL),
		                                         cell_count(arena, totals->opened),
		                                         rate_of(arena, totals, METRIC_OPEN_RATE, NULL),
		                                         cell_count(arena, totals->unsubscribed),
		                                         cell_count(arena, totals->bounced) };
	table->totals = arena_array(arena, struct cell, CAMPAIGN_COLUMNS);
	memcpy(table->totals, last, sizeof last);
}

bool block_campaigns(const struct report_data *data, struct document *document, struct error *err) {
	static const struct column columns[CAMPAIGN_COLUMNS] = {
		{ .label = "Sent" },      { .label = "Campaign" },   { "Delivered", true },
		{ "Clicked", true },      { "Click rate, %", true }, { "Opened", true },
		{ "Open rate, %", true }, { "Unsubscribed", true },  { "Bounced", true },
	};
	struct arena *arena = data->arena;
	(void)err;
	document_section(document, "Campaigns");
	struct table *table = document_table(document, "campaigns",
	                                     "All campaigns of the period, newest first; opens include automated ones",
	                                     columns, CAMPAIGN_COLUMNS);
	for (int i = 0; i < data->figures.count; i++) {
		const struct campaign *campaign = &data->figures.campaigns[i];
		const struct metrics *m = &campaign->current_metrics;
		char day[MOMENT_TEXT];
		const char *sent = arena_copy(arena, moment_format_day(report_wall(data, campaign->sent_at), day));
		table_row(document, table,
		          (const struct cell[]){ cell_text(sent), cell_text(campaign_name(campaign)),
		                                 reported(campaign, cell_count(arena, metrics_delivered(m))),
		                                 reported(campaign, cell_count(arena, m->clicked)),
		                                 reported(campaign, rate_of(arena, m, METRIC_CLICK_RATE, NULL)),
		                                 reported(campaign, cell_count(arena, m->opened)),
		                                 reported(campaign, rate_of(arena, m, METRIC_OPEN_RATE, NULL)),
		                                 reported(campaign, cell_count(arena, m->unsubscribed)),
		                                 reported(campaign, cell_count(arena, m->bounced)) });
	}
	add_total(data, table);
	document_note(document, "The rates of the last row are pooled: the sum of what is counted by the sum of what it is "
	                        "counted of.");
	return true;
}

static void add_growth(const struct report_data *data, struct document *document, const struct campaign *campaign,
                       const struct growth *growth) {
	static const int ages[] = { 0, 1, 2, 3, 6, 12, 24, 48, 72, 120, 168 };
	enum { AGES = sizeof ages / sizeof *ages };
	struct arena *arena = data->arena;
	struct chart *chart = arena_new_of(arena, struct chart);
	double *opened = arena_array(arena, double, AGES), *clicked = arena_array(arena, double, AGES);
	chart->labels = arena_array(arena, const char *, AGES);
	chart->positions = arena_array(arena, double, AGES);
	struct moment opens = growth_known_until(growth, campaign, RESPONSE_OPENED),
				  clicks = growth_known_until(growth, campaign, RESPONSE_CLICKED),
				  known = moment_is_set(clicks) && clicks.ms < opens.ms ? clicks : opens;
	for (int i = 0; i < AGES; i++) {
		struct moment at = moment_add(campaign->sent_at, ages[i] * (int64_t)HOUR_MS);
		if (at.ms > known.ms)
			break;
		chart->labels[i] = arena_print(arena, "%d", ages[i]);
		chart->positions[i] = ages[i];
		opened[i] = (double)growth_until(&growth->opened.steps, at);
		clicked[i] = (double)growth_until(&growth->clicked.steps, at);
		chart->count++;
	}
	chart->kind = CHART_STEPS;
	chart->name = arena_print(arena, "growth-%s", campaign->id);
	chart->title = arena_print(arena, "Growth since sending: %s", campaign_name(campaign));
	chart->unit = "people, cumulative, by hours since sending; opens include automated ones";
	chart->series[chart->series_count++] = (struct series){ "Opened", ROLE_OPENS, opened };
	chart->series[chart->series_count++] = (struct series){ "Clicked", ROLE_CLICKS, clicked };
	if (chart->count)
		document_chart(document, chart);
}

/* Why the chart and the cards differ, if they do. */
static void note_gaps(const struct report_data *data, struct document *document, const struct campaign *campaign,
                      const struct growth *growth) {
	for (int i = RESPONSE_OPENED; i <= RESPONSE_CLICKED; i++) {
		const char *words = growth_gap(growth, campaign, (enum response)i, data->arena);
		if (words)
			document_note(document, words);
	}
}

static void add_links(const struct report_data *data, struct document *document, const char *name, const char *caption,
                      const struct link *links, int count, int max, int64_t delivered) {
	static const struct column columns[] = {
		{ .label = "Link", .whole = true }, { "People", true }, { "Clicks", true }, { "Of delivered, %", true }
	};
	struct arena *arena = data->arena;
	struct table *table = document_table(document, name, caption, columns, 4);
	for (int i = 0; i < count && i < max; i++)
		table_row(document, table,
		          (const struct cell[]){
					  cell_text(links[i].url), cell_count(arena, links[i].clicked_unique),
					  cell_count(arena, links[i].clicked_total),
					  cell_number(arena, share_percent(links[i].clicked_unique, delivered), 2, NULL) });
}

static void note_unread(const struct report_data *data, struct document *document, const struct link_report *reports,
                        int count) {
	int64_t unread = 0;
	for (int i = 0; i < count; i++)
		checked_add(&unread, reports[i].unread);
	if (unread > 0)
		document_note(document, arena_print(data->arena,
		                                    "Partial: EmailOctopus told %s more links without an address or a count.",
		                                    text_of_count(data->arena, unread)));
}

static void add_detail(const struct report_data *data, struct document *document, const struct campaign *campaign,
                       const struct growth *growth, const struct link_report *links) {
	struct arena *arena = data->arena;
	const struct metrics *m = &campaign->current_metrics;
	struct card *cards = arena_array(arena, struct card, CARDS);
	document_heading(document, campaign_name(campaign));
	document_note(document, arena_print(arena, "“%s” · sent %s · %s", campaign->subject ? campaign->subject : "",
	                                    text_of_moment(arena, campaign->sent_at),
	                                    campaign->from_name ? campaign->from_name : ""));
	if (!campaign->has_report) {
		document_text(document, "EmailOctopus has given no figures for this campaign yet.");
		return;
	}
	cards[0] = (struct card){ .label = "Delivered",
		                      .value = cell_count(arena, metrics_delivered(m)),
		                      .note = arena_print(arena, "of %s sent; %s hard and %s soft bounces",
		                                          text_of_count(arena, m->sent), text_of_count(arena, m->bounced_hard),
		                                          text_of_count(arena, m->bounced_soft)) };
	cards[1] = (struct card){ .label = "Click rate",
		                      .value = rate_of(arena, m, METRIC_CLICK_RATE, "%"),
		                      .note = arena_print(arena, "%s people", text_of_count(arena, m->clicked)) };
	cards[2] = (struct card){ .label = "Open rate",
		                      .value = rate_of(arena, m, METRIC_OPEN_RATE, "%"),
		                      .note = arena_print(arena, "%s people, incl. automated opens",
		                                          text_of_count(arena, m->opened)) };
	document_cards(document, arena_print(arena, "Figures of “%s”", campaign_name(campaign)), cards, CARDS);
	if (growth && growth->opened.steps.count && !moment_is_set(data->as_of))
		add_growth(data, document, campaign, growth);
	if (!moment_is_set(data->as_of))
		note_gaps(data, document, campaign, growth);
	const char *gap = campaign_links_gaps(campaign, 1, arena);
	if (gap)
		document_note(document, gap);
	if (links && links->links.count) {
		struct link *sorted = arena_array(arena, struct link, links->links.count);
		int count = campaign_sum_links(links, 1, sorted, links->links.count);
		add_links(data, document, arena_print(arena, "links-%s", campaign->id),
		          arena_print(arena, "Links of “%s” that were clicked most", campaign_name(campaign)), sorted, count,
		          LINKS_A_PAGE, metrics_delivered(m));
		note_unread(data, document, links, 1);
	}
}

/* Our ids of the newest campaigns. */
static struct strings ids_of(const struct report_data *data, int campaigns) {
	struct strings ids = { arena_array(data->arena, const char *, campaigns + 1), 0 };
	for (int i = 0; i < campaigns; i++)
		ids.items[ids.count++] = data->figures.campaigns[i].id;
	return ids;
}

static bool find_links(const struct report_data *data, int campaigns, struct link_report **reports, int *count,
                       struct error *err) {
	struct strings ids = ids_of(data, campaigns);
	return campaign_links_at(data->store, &ids, data->as_of, data->arena, reports, count, err);
}

bool block_details(const struct report_data *data, struct document *document, struct error *err) {
	int count = data->figures.count < DETAILS_MAX ? data->figures.count : DETAILS_MAX, growth_count, report_count;
	struct growth *growths;
	struct link_report *reports;
	struct strings ids = ids_of(data, count);
	document_section(document, "Campaign by campaign");
	if (count < data->figures.count)
		document_note(document,
		              arena_print(data->arena, "The newest %d of %d campaigns; the table of campaigns has all.", count,
		                          data->figures.count));
	if (!growth_find(data->store, &ids, data->arena, &growths, &growth_count, err) ||
	    !find_links(data, count, &reports, &report_count, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct growth *growth = NULL;
		const struct link_report *links = NULL;
		for (int k = 0; k < growth_count; k++)
			growth = text_same(growths[k].campaign_id, ids.items[i]) ? &growths[k] : growth;
		for (int k = 0; k < report_count; k++)
			links = text_same(reports[k].campaign_id, ids.items[i]) ? &reports[k] : links;
		add_detail(data, document, &data->figures.campaigns[i], growth, links);
	}
	return true;
}

bool block_links(const struct report_data *data, struct document *document, struct error *err) {
	struct link *sums = arena_array(data->arena, struct link, LINK_ROOM);
	struct link_report *reports;
	int count, report_count;
	document_section(document, "Links that were clicked most");
	if (!find_links(data, data->figures.count, &reports, &report_count, err))
		return false;
	count = campaign_sum_links(reports, report_count, sums, LINK_ROOM);
	const char *gaps = campaign_links_gaps(data->figures.campaigns, data->figures.count, data->arena);
	if (gaps)
		document_note(document, gaps);
	if (count == 0 && !gaps)
		document_text(document, "No clicks yet, or link tracking is off.");
	if (count == 0)
		return true;
	add_links(data, document, "links",
	          arena_print(data->arena,
	                      "Over all campaigns of the period, the first %d of %d links; people are counted "
	                      "once a campaign",
	                      count < LINKS_MAX ? count : LINKS_MAX, count),
	          sums, count, LINKS_MAX, metrics_delivered(&data->figures.totals));
	note_unread(data, document, reports, report_count);
	return true;
}
