/* Blocks about single campaigns: table, details, links. */
#include <math.h>
#include <string.h>

#include "campaigns/growth.h"
#include "campaigns/past.h"
#include "core/base/checked.h"
#include "metrics/share.h"
#include "reports/compose.h"

enum { DETAILS_MAX = 12, LINKS_MAX = 20, LINKS_A_PAGE = 5, LINK_ROOM = 5000, CAMPAIGN_COLUMNS = 9 };

static struct cell rate_of(struct arena *arena, const struct metrics *metrics, enum metric metric, double greatest) {
	double rate = metrics_rate(metrics, metric);
	struct cell cell = cell_number(arena, rate, metric_rows[metric].decimals, "%");
	cell.share = rate > 0 && greatest > 0 ? rate / greatest : 0;
	return cell;
}

/* Unknown before the first report. */
static struct cell reported(const struct campaign *campaign, struct cell cell) {
	return campaign->has_report ? cell : cell_unknown();
}

static void add_total(const struct report_data *data, struct table *table) {
	struct arena *arena = data->arena;
	const struct metrics *totals = &data->figures.totals;
	int count = data->figures.count, known = data->figures.with_report;
	struct cell words = cell_text(
		count == 1 ? "Total" : arena_print(arena, "All %s", text_of_counted(arena, count, "campaign", "campaigns")));
	words.below = known < count ? arena_print(arena, "%d with figures", known) : NULL;
	const struct cell last[CAMPAIGN_COLUMNS] = { { .text = "", .plain = "Total" },
		                                         words,
		                                         cell_count(arena, metrics_delivered(totals)),
		                                         cell_count(arena, totals->clicked),
		                                         rate_of(arena, totals, METRIC_CLICK_RATE, 0),
		                                         cell_count(arena, totals->opened),
		                                         rate_of(arena, totals, METRIC_OPEN_RATE, 0),
		                                         cell_count(arena, totals->unsubscribed),
		                                         cell_count(arena, totals->bounced) };
	table->totals = arena_array(arena, struct cell, CAMPAIGN_COLUMNS);
	memcpy(table->totals, last, sizeof last);
}

static double greatest_of(const struct figures *figures, enum metric metric) {
	double greatest = 0;
	for (int i = 0; i < figures->count; i++)
		greatest = fmax(greatest, metrics_rate(&figures->campaigns[i].current_metrics, metric));
	return greatest;
}

/* Under the name its subject and, where there are several, its list. */
static struct cell name_of(const struct report_data *data, const struct campaign *campaign) {
	struct cell cell = cell_text(campaign_name(campaign));
	const char *subject = report_subject(data, campaign), *list = report_list_of(data, campaign);
	cell.below = list && !report_only_list(data) ? arena_print(data->arena, "%s · %s", subject, list) : subject;
	return cell;
}

bool block_campaigns(const struct report_data *data, struct document *document, struct error *err) {
	static const struct column columns[CAMPAIGN_COLUMNS] = {
		{ .label = "Sent" },
		{ .label = "Campaign", .name = true },
		{ "Delivered", true },
		{ "Clicked", true, .under = "clicked" },
		{ "Click rate", true, .unit = "%", .role = "clicks", .key = 1 },
		{ "Opened", true, .under = "opened" },
		{ "Open rate", true, .unit = "%", .role = "opens", .key = 2 },
		{ "Unsubscribed", true },
		{ "Bounced", true },
	};
	struct arena *arena = data->arena;
	const double clicks = greatest_of(&data->figures, METRIC_CLICK_RATE),
				 opens = greatest_of(&data->figures, METRIC_OPEN_RATE);
	(void)err;
	document_section(document, "Campaigns");
	if (data->figures.count == 0) {
		document_text(document, "None was sent in this period.");
		return true;
	}
	struct table *table = document_table(document, "campaigns", "Newest first; automated opens included", columns,
	                                     CAMPAIGN_COLUMNS);
	for (int i = 0; i < data->figures.count; i++) {
		const struct campaign *campaign = &data->figures.campaigns[i];
		const struct metrics *m = &campaign->current_metrics;
		table_row(document, table,
		          (const struct cell[]){ cell_day(arena, report_wall(data, campaign->sent_at)), name_of(data, campaign),
		                                 reported(campaign, cell_count(arena, metrics_delivered(m))),
		                                 reported(campaign, cell_count(arena, m->clicked)),
		                                 reported(campaign, rate_of(arena, m, METRIC_CLICK_RATE, clicks)),
		                                 reported(campaign, cell_count(arena, m->opened)),
		                                 reported(campaign, rate_of(arena, m, METRIC_OPEN_RATE, opens)),
		                                 reported(campaign, cell_count(arena, m->unsubscribed)),
		                                 reported(campaign, cell_count(arena, m->bounced)) });
	}
	add_total(data, table);
	document_note(document, "The last row is of all campaigns together: its rates come from the sums of their counts.");
	return true;
}

/* "Half of the 366 opens came within 6 hours, 23 people clicked."; `hours` are those of the points. */
static const char *growth_finding(struct arena *arena, const double *opened, const double *clicked, const int *hours,
                                  int count) {
	enum { HALF_MIN = 10 };
	double opens = opened[count - 1];
	const char *clicks = text_of_counted(arena, (int64_t)clicked[count - 1], "person clicked", "people clicked");
	for (int i = 1; i < count && opens >= HALF_MIN; i++)
		if (2 * opened[i] >= opens)
			return arena_print(arena, "Half of the %s opens came within %s, %s.", text_of_count(arena, (int64_t)opens),
			                   text_of_hours(arena, hours[i]), clicks);
	return arena_print(arena, "%s, %s.", text_of_counted(arena, (int64_t)opens, "person opened", "people opened"),
	                   clicks);
}

static void add_growth(const struct report_data *data, struct document *document, const struct campaign *campaign,
                       const struct growth *growth, int number) {
	static const int ages[] = { 0, 1, 2, 3, 6, 12, 24, 48, 72, 120, 168 };
	enum { AGES = sizeof ages / sizeof *ages };
	struct arena *arena = data->arena;
	struct chart *chart = arena_new_of(arena, struct chart);
	double *opened = arena_array(arena, double, AGES), *clicked = arena_array(arena, double, AGES);
	struct point *points = arena_array(arena, struct point, AGES);
	struct moment opens = growth_known_until(growth, campaign, RESPONSE_OPENED),
				  clicks = growth_known_until(growth, campaign, RESPONSE_CLICKED),
				  known = moment_is_set(clicks) && clicks.ms < opens.ms ? clicks : opens;
	for (int i = 0; i < AGES; i++) {
		struct moment at = moment_add(campaign->sent_at, ages[i] * (int64_t)HOUR_MS);
		if (at.ms > known.ms)
			break;
		points[i] = (struct point){ .name = arena_print(arena, "%d", ages[i]), .at = MOMENT_NONE, .hours = ages[i] };
		opened[i] = (double)growth_until(&growth->opened.steps, at);
		clicked[i] = (double)growth_until(&growth->clicked.steps, at);
		chart->count++;
	}
	chart->kind = CHART_STEPS;
	chart->points = points;
	chart->name = arena_print(arena, "growth-%d", number);
	chart->title = "Opens and clicks since sending";
	chart->about = campaign_name(campaign);
	chart->unit = "People, cumulative; automated opens included";
	chart->series[chart->series_count++] = (struct series){ "Opened", ROLE_OPENS, opened };
	chart->series[chart->series_count++] = (struct series){ "Clicked", ROLE_CLICKS, clicked };
	if (chart->count < 2)
		return;
	chart->finding = growth_finding(arena, opened, clicked, ages, chart->count);
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
	static const struct column columns[] = { { .label = "Link", .whole = true },
		                                     { "People", true, .key = 2, .one = "person", .many = "people" },
		                                     { "Clicks", true },
		                                     { "Of delivered", true, .unit = "%", .key = 1 } };
	struct arena *arena = data->arena;
	struct table *table = document_table(document, name, caption, columns, 4);
	for (int i = 0; i < count && i < max; i++)
		table_row(document, table,
		          (const struct cell[]){
					  cell_text(links[i].url), cell_count(arena, links[i].clicked_unique),
					  cell_count(arena, links[i].clicked_total),
					  cell_number(arena, share_percent(links[i].clicked_unique, delivered), 2, "%") });
}

static void note_unread(const struct report_data *data, struct document *document, const struct link_report *reports,
                        int count) {
	int64_t unread = 0;
	for (int i = 0; i < count; i++)
		checked_add(&unread, reports[i].unread);
	if (unread > 0)
		document_note(document,
		              arena_print(data->arena, "Partial: EmailOctopus reported %s without an address or a count.",
		                          text_of_counted(data->arena, unread, "more link", "more links")));
}

/* `of` names the whole: sent and delivered may be the same number. */
static struct stage stage_of(struct arena *arena, const char *label, enum role role, int64_t count, int64_t first,
                             int64_t whole, const char *of) {
	double share = share_percent(count, whole), part = share_percent(count, first);
	struct stage stage = { .label = label, .count = cell_count(arena, count), .role = role };
	if (whole > 0 && !isnan(share)) {
		stage.share = cell_number(arena, share, role == ROLE_CLICKS ? 2 : 1, "%");
		stage.share.text = arena_print(arena, "%s of %s", stage.share.text, of);
	}
	stage.part = isnan(part) ? 0 : part / share_percent(1, 1);
	return stage;
}

static void add_funnel(const struct report_data *data, struct document *document, const struct campaign *campaign) {
	enum { STAGES = 4 };
	struct arena *arena = data->arena;
	const struct metrics *m = &campaign->current_metrics;
	int64_t delivered = metrics_delivered(m);
	struct stage *stages = arena_array(arena, struct stage, STAGES);
	stages[0] = stage_of(arena, "Sent", ROLE_PLAIN, m->sent, m->sent, 0, "sent");
	stages[1] = stage_of(arena, "Delivered", ROLE_PLAIN, delivered, m->sent, m->sent, "sent");
	stages[2] = stage_of(arena, "Opened", ROLE_OPENS, m->opened, m->sent, delivered, "delivered");
	stages[3] = stage_of(arena, "Clicked", ROLE_CLICKS, m->clicked, m->sent, delivered, "delivered");
	document_funnel(document, NULL, stages, STAGES);
}

static const char *losses_of(struct arena *arena, const struct metrics *m) {
	return arena_print(arena, "%s hard and %s, %s unsubscribed, %s", text_of_count(arena, m->bounced_hard),
	                   text_of_counted(arena, m->bounced_soft, "soft bounce", "soft bounces"),
	                   text_of_count(arena, m->unsubscribed),
	                   text_of_counted(arena, m->spam_complaints, "complaint", "complaints"));
}

static void add_top_links(const struct report_data *data, struct document *document, const struct campaign *campaign,
                          const struct link_report *links, int number) {
	struct arena *arena = data->arena;
	const char *gap = campaign_links_gaps(campaign, 1, arena);
	if (gap)
		document_note(document, gap);
	if (!links || links->links.count == 0)
		return;
	struct link *sorted = arena_array(arena, struct link, links->links.count);
	int count = campaign_sum_links(links, 1, sorted, links->links.count);
	add_links(data, document, arena_print(arena, "links-%d", number),
	          arena_print(arena, "Links of “%s” clicked most", campaign_name(campaign)), sorted, count, LINKS_A_PAGE,
	          metrics_delivered(&campaign->current_metrics));
	note_unread(data, document, links, 1);
}

static void add_detail(const struct report_data *data, struct document *document, const struct campaign *campaign,
                       const struct growth *growth, const struct link_report *links, int number) {
	struct arena *arena = data->arena;
	const char *list = report_list_of(data, campaign);
	struct mail_view *mail = report_mail(data, campaign);
	const char *sent = arena_print(arena, "Sent %s%s%s", text_of_moment_zone(data->arena, campaign->sent_at),
	                               list ? " to " : "", list ? list : "");
	document_heading(document, campaign_name(campaign));
	mail->figure = sent;
	if (!campaign->has_report) {
		document_mail(document, mail);
		document_text(document, "EmailOctopus has reported no figures for this campaign yet.");
		return;
	}
	mail->figure = arena_print(arena, "%s. %s", sent, losses_of(arena, &campaign->current_metrics));
	add_funnel(data, document, campaign);
	document_mail(document, mail);
	if (growth && growth->opened.steps.count && !moment_is_set(data->as_of))
		add_growth(data, document, campaign, growth, number);
	if (!moment_is_set(data->as_of))
		note_gaps(data, document, campaign, growth);
	add_top_links(data, document, campaign, links, number);
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
	document_section(document, "Each campaign");
	if (count < data->figures.count)
		document_note(document, arena_print(data->arena, "The newest %d of %d campaigns.", count, data->figures.count));
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
		add_detail(data, document, &data->figures.campaigns[i], growth, links, i + 1);
	}
	return true;
}

bool block_links(const struct report_data *data, struct document *document, struct error *err) {
	struct link *sums = arena_array(data->arena, struct link, LINK_ROOM);
	struct link_report *reports;
	int count, report_count;
	document_section(document, "Links clicked most");
	if (!find_links(data, data->figures.count, &reports, &report_count, err))
		return false;
	count = campaign_sum_links(reports, report_count, sums, LINK_ROOM);
	const char *gaps = campaign_links_gaps(data->figures.campaigns, data->figures.count, data->arena);
	if (gaps)
		document_note(document, gaps);
	if (count == 0 && !gaps)
		document_text(document, arena_print(data->arena, "%s.",
		                                    campaign_links_none(data->figures.campaigns, data->figures.count)));
	if (count == 0)
		return true;
	add_links(data, document, "links",
	          arena_print(data->arena,
	                      "All campaigns of the period, the first %d of %s; a person counts once a campaign",
	                      count < LINKS_MAX ? count : LINKS_MAX, text_of_counted(data->arena, count, "link", "links")),
	          sums, count, LINKS_MAX, metrics_delivered(&data->figures.totals));
	note_unread(data, document, reports, report_count);
	return true;
}
