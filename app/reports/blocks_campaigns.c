/* Blocks about campaigns: summary, trend, table, details, links. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/links.h"
#include "core/base/checked.h"
#include "insights/peers.h"
#include "metrics/share.h"
#include "metrics/statistics.h"
#include "reports/compose.h"

enum { CARDS = 6, TREND_MAX = 60, DETAILS_MAX = 12, LINKS_MAX = 20, LINKS_A_PAGE = 10, LINK_ROOM = 5000, CELL = 48 };

static const enum metric shown[] = { METRIC_CLICK_RATE, METRIC_OPEN_RATE, METRIC_UNSUBSCRIBE_RATE, METRIC_BOUNCE_RATE };
enum { SHOWN = sizeof shown / sizeof *shown };

static char *number_of(struct arena *arena, double value, int decimals) {
	return isnan(value) ? arena_copy(arena, "–") : arena_print(arena, "%.*f", decimals, value);
}

static char *rate_of(struct arena *arena, const struct metrics *metrics, enum metric metric) {
	return number_of(arena, metrics_rate(metrics, metric), metric_rows[metric].decimals);
}

/* Rates change in percentage points, counts in percent. */
static void put_change(struct arena *arena, struct card *card, double now, double before, bool points,
                       bool up_is_good) {
	card->change = metric_change_text(arena, now, before, points, up_is_good, &card->verdict);
}

static void put_cards(const struct report_data *data, struct document *document) {
	struct arena *arena = data->arena;
	const struct figures *now = &data->figures, *before = &data->before;
	struct card *cards = arena_array(arena, struct card, CARDS);
	int count = 0;
	int64_t delivered = metrics_delivered(&now->totals);
	cards[count] = (struct card){ "Campaigns", text_of_count(arena, now->count),
		                          arena_print(arena, "sent in the period, %d with figures", now->with_report), NULL,
		                          NULL };
	if (data->has_compared)
		put_change(arena, &cards[count], now->count, before->count, false, true);
	count++;
	cards[count] = (struct card){ "Delivered", text_of_count(arena, delivered),
		                          arena_print(arena, "people; of %s sent", text_of_count(arena, now->totals.sent)),
		                          NULL, NULL };
	if (data->has_compared)
		put_change(arena, &cards[count], (double)delivered, (double)metrics_delivered(&before->totals), false, true);
	count++;
	for (int i = 0; i < SHOWN; i++) {
		const struct metric_row *row = &metric_rows[shown[i]];
		double rate = metrics_rate(&now->totals, shown[i]), usual = data->usual[shown[i]];
		const char *note = *row->caveat ? arena_print(arena, "%s, %s", row->formula, row->caveat) : row->formula;
		if (!isnan(usual))
			note = arena_print(arena, "%s; usual %s", note, metric_text(arena, shown[i], usual));
		cards[count] = (struct card){ row->name, metric_text(arena, shown[i], rate), note, NULL, NULL };
		if (data->has_compared)
			put_change(arena, &cards[count], rate, metrics_rate(&before->totals, shown[i]), true, row->up_is_good);
		count++;
	}
	document_cards(document, cards, count);
}

/* The campaign with the highest or lowest rate among settled ones with enough recipients. */
static const struct campaign *extreme(const struct figures *figures, enum metric metric, struct moment now,
                                      bool highest) {
	const struct campaign *found = NULL;
	for (int i = 0; i < figures->count; i++) {
		const struct campaign *campaign = &figures->campaigns[i];
		double rate = metrics_rate(&campaign->current_metrics, metric);
		if (!campaign->has_report || isnan(rate) || metrics_delivered(&campaign->current_metrics) < METRICS_FEW ||
		    campaign_age(campaign, now) < SETTLING_MS)
			continue;
		if (!found || (rate > metrics_rate(&found->current_metrics, metric)) == highest)
			found = campaign;
	}
	return found;
}

static void tell_direction(const struct report_data *data, struct document *document) {
	struct arena *arena = data->arena;
	double now = metrics_rate(&data->figures.totals, METRIC_CLICK_RATE);
	double before = data->has_compared ? metrics_rate(&data->before.totals, METRIC_CLICK_RATE) : NAN;
	double points = change_points(now, before);
	struct interval interval = stats_wilson(metrics_part(&data->figures.totals, METRIC_CLICK_RATE),
	                                        metrics_whole(&data->figures.totals, METRIC_CLICK_RATE));
	if (isnan(now))
		return;
	char *range = isnan(interval.low)
	                  ? ""
	                  : arena_print(arena, " (95 %% interval %.2f–%.2f %%)", interval.low, interval.high);
	if (isnan(before))
		document_text(document, arena_print(arena, "%s people clicked, %.2f %% of those who got the mail%s.",
		                                    text_of_count(arena, data->figures.totals.clicked), now, range));
	else if (fabs(points) < 0.005)
		document_text(document, arena_print(arena, "The click rate is %.2f %%%s, as before.", now, range));
	else
		document_text(document,
		              arena_print(arena,
		                          "The click rate is %.2f %%%s, %.2f percentage points %s than before (%.2f %%).", now,
		                          range, fabs(points), points > 0 ? "more" : "less", before));
}

static void tell_findings(const struct report_data *data, struct document *document) {
	struct arena *arena = data->arena;
	const struct figures *figures = &data->figures;
	const struct campaign *best = extreme(figures, METRIC_CLICK_RATE, data->now, true),
						  *least = extreme(figures, METRIC_CLICK_RATE, data->now, false);
	tell_direction(data, document);
	if (best && least && best != least)
		document_text(document, arena_print(arena, "“%s” was clicked most (%s), “%s” least (%s).", campaign_name(best),
		                                    metric_text(arena, METRIC_CLICK_RATE,
		                                                metrics_rate(&best->current_metrics, METRIC_CLICK_RATE)),
		                                    campaign_name(least),
		                                    metric_text(arena, METRIC_CLICK_RATE,
		                                                metrics_rate(&least->current_metrics, METRIC_CLICK_RATE))));
	int alarms = 0, young = 0;
	for (int i = 0; i < figures->count; i++)
		young += campaign_age(&figures->campaigns[i], data->now) < SETTLING_MS;
	if (young)
		document_text(document, arena_print(arena,
		                                    "%d of %d campaigns were sent less than 3 days before: their opens and "
		                                    "clicks are still coming in.",
		                                    young, figures->count));
	for (int i = 0; i < figures->count; i++)
		alarms += figures->campaigns[i].has_report &&
		          metrics_alarm(arena, &figures->campaigns[i].current_metrics) != NULL;
	document_text(document,
	              alarms
	                  ? arena_print(arena,
	                                "%d of %d campaigns passed a limit for complaints, hard bounces or unsubscribes.",
	                                alarms, figures->with_report)
	                  : "No campaign passed the limits for complaints, hard bounces or unsubscribes.");
}

bool block_summary(const struct report_data *data, struct document *document, struct error *err) {
	(void)err;
	document_section(document, "Summary");
	if (data->figures.count == 0) {
		document_text(document, "No campaign was sent in this period.");
		return true;
	}
	put_cards(data, document);
	tell_findings(data, document);
	return true;
}

/* A campaign with figures whose sending has finished. */
static bool is_point(const struct campaign *campaign) {
	return campaign->has_report && campaign->status == CAMPAIGN_SENT &&
	       !isnan(metrics_rate(&campaign->current_metrics, METRIC_CLICK_RATE));
}

static void fill_trend(const struct report_data *data, struct chart *chart, enum metric metric, enum role role) {
	struct arena *arena = data->arena;
	const struct figures *figures = &data->figures;
	double *rates = arena_array(arena, double, TREND_MAX), *usual = arena_array(arena, double, TREND_MAX), low = NAN,
		   high = NAN;
	chart->labels = arena_array(arena, const char *, TREND_MAX);
	for (int i = figures->count - 1; i >= 0; i--) {
		const struct campaign *campaign = &figures->campaigns[i];
		char day[MOMENT_TEXT];
		int newer = 0;
		for (int k = 0; k < i; k++)
			newer += is_point(&figures->campaigns[k]);
		if (!is_point(campaign) || newer >= TREND_MAX)
			continue;
		rates[chart->count] = metrics_rate(&campaign->current_metrics, metric);
		usual[chart->count] = data->usual[metric];
		low = fmin(low, rates[chart->count]);
		high = fmax(high, rates[chart->count]);
		chart->labels[chart->count++] = arena_copy(arena, moment_format_day(campaign->sent_at, day));
	}
	chart->decimals = metric_rows[metric].decimals;
	chart->series[chart->series_count++] = (struct series){ arena_print(arena, "%s, %%", metric_rows[metric].name),
		                                                    role, rates };
	if (!isnan(data->usual[metric]))
		chart->series[chart->series_count++] = (struct series){ "Usual, %", ROLE_USUAL, usual };
	if (!isnan(data->benchmark[metric])) {
		double *line = arena_array(arena, double, TREND_MAX);
		for (int i = 0; i < chart->count; i++)
			line[i] = data->benchmark[metric];
		chart->series[chart->series_count++] = (struct series){ "Benchmark, %", ROLE_PLAIN, line };
	}
	if (chart->count)
		chart->finding = arena_print(arena, "%d campaigns, from %.*f %% to %.*f %%.", chart->count, chart->decimals,
		                             low, chart->decimals, high);
}

bool block_trend(const struct report_data *data, struct document *document, struct error *err) {
	static const struct {
		enum metric metric;
		enum role role;
		const char *name;
	} rows[] = { { METRIC_CLICK_RATE, ROLE_CLICKS, "click-rate" }, { METRIC_OPEN_RATE, ROLE_OPENS, "open-rate" } };
	(void)err;
	document_section(document, "How campaigns did over time");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct chart *chart = arena_new_of(data->arena, struct chart);
		const struct metric_row *row = &metric_rows[rows[i].metric];
		chart->kind = CHART_LINE;
		chart->name = rows[i].name;
		chart->title = arena_print(data->arena, "%s by campaign", row->name);
		chart->unit = arena_print(data->arena, "%s, percent%s%s; by day sent (UTC), the newest %d at most",
		                          row->formula, *row->caveat ? ", " : "", row->caveat, TREND_MAX);
		fill_trend(data, chart, rows[i].metric, rows[i].role);
		if (chart->count)
			document_chart(document, chart);
		else
			document_text(document, "No campaign of this period has figures yet.");
	}
	return true;
}

bool block_campaigns(const struct report_data *data, struct document *document, struct error *err) {
	static const struct column columns[] = { { "Sent", false },        { "Campaign", false },     { "Delivered", true },
		                                     { "Clicked", true },      { "Click rate, %", true }, { "Opened", true },
		                                     { "Open rate, %", true }, { "Unsubscribed", true },  { "Bounced", true } };
	enum { COLUMNS = sizeof columns / sizeof *columns };
	struct arena *arena = data->arena;
	(void)err;
	document_section(document, "Campaigns");
	struct table *table = document_table(document, "campaigns",
	                                     "All campaigns of the period, newest first; opens include automated ones",
	                                     columns, COLUMNS);
	for (int i = 0; i < data->figures.count; i++) {
		const struct campaign *campaign = &data->figures.campaigns[i];
		const struct metrics *m = &campaign->current_metrics;
		char day[MOMENT_TEXT];
		bool reported = campaign->has_report;
		table_row(document, table,
		          (const char *[]){ arena_copy(arena, moment_format_day(campaign->sent_at, day)),
		                            campaign_name(campaign),
		                            reported ? text_of_count(arena, metrics_delivered(m)) : "–",
		                            reported ? text_of_count(arena, m->clicked) : "–",
		                            reported ? rate_of(arena, m, METRIC_CLICK_RATE) : "–",
		                            reported ? text_of_count(arena, m->opened) : "–",
		                            reported ? rate_of(arena, m, METRIC_OPEN_RATE) : "–",
		                            reported ? text_of_count(arena, m->unsubscribed) : "–",
		                            reported ? text_of_count(arena, m->bounced) : "–" });
	}
	const struct metrics *totals = &data->figures.totals;
	table->totals = arena_array(arena, const char *, COLUMNS);
	const char *last[] = { "Total",
		                   arena_print(arena, "%d campaigns, %d with figures", data->figures.count,
		                               data->figures.with_report),
		                   text_of_count(arena, metrics_delivered(totals)),
		                   text_of_count(arena, totals->clicked),
		                   rate_of(arena, totals, METRIC_CLICK_RATE),
		                   text_of_count(arena, totals->opened),
		                   rate_of(arena, totals, METRIC_OPEN_RATE),
		                   text_of_count(arena, totals->unsubscribed),
		                   text_of_count(arena, totals->bounced) };
	memcpy(table->totals, last, sizeof last);
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
	for (int i = 0; i < AGES; i++) {
		struct moment at = moment_add(campaign->sent_at, ages[i] * (int64_t)HOUR_MS);
		if (at.ms > data->now.ms)
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
	document_chart(document, chart);
}

static void add_links(const struct report_data *data, struct document *document, const char *name, const char *caption,
                      const struct link *links, int count, int max, int64_t delivered) {
	static const struct column columns[] = {
		{ "Link", false }, { "People", true }, { "Clicks", true }, { "Of delivered, %", true }
	};
	struct arena *arena = data->arena;
	struct table *table = document_table(document, name, caption, columns, 4);
	for (int i = 0; i < count && i < max; i++)
		table_row(document, table,
		          (const char *[]){ links[i].url, text_of_count(arena, links[i].clicked_unique),
		                            text_of_count(arena, links[i].clicked_total),
		                            number_of(arena, share_percent(links[i].clicked_unique, delivered), 2) });
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
	cards[0] = (struct card){ "Delivered", text_of_count(arena, metrics_delivered(m)),
		                      arena_print(arena, "of %s sent; %s hard and %s soft bounces",
		                                  text_of_count(arena, m->sent), text_of_count(arena, m->bounced_hard),
		                                  text_of_count(arena, m->bounced_soft)),
		                      NULL, NULL };
	cards[1] = (struct card){ "Click rate", metric_text(arena, METRIC_CLICK_RATE, metrics_rate(m, METRIC_CLICK_RATE)),
		                      arena_print(arena, "%s people", text_of_count(arena, m->clicked)), NULL, NULL };
	cards[2] = (struct card){ "Open rate", metric_text(arena, METRIC_OPEN_RATE, metrics_rate(m, METRIC_OPEN_RATE)),
		                      arena_print(arena, "%s people, incl. automated opens", text_of_count(arena, m->opened)),
		                      NULL, NULL };
	document_cards(document, cards, 3);
	if (growth && moment_is_set(campaign->sent_at) && !moment_is_set(data->as_of))
		add_growth(data, document, campaign, growth);
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

/* Present links in one read; past ones campaign by campaign. */
static bool find_links(const struct report_data *data, int campaigns, struct link_report **reports, int *count,
                       struct error *err) {
	const struct figures *figures = &data->figures;
	struct strings ids = ids_of(data, campaigns);
	if (!moment_is_set(data->as_of))
		return campaign_find_links(data->store, &ids, data->arena, reports, count, err);
	*reports = arena_array(data->arena, struct link_report, campaigns);
	*count = 0;
	for (int i = 0; i < campaigns; i++) {
		bool found;
		if (!campaign_find_link_report(data->store, figures->campaigns[i].id, data->as_of, data->arena,
		                               &(*reports)[*count], &found, err))
			return false;
		*count += found;
	}
	return true;
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
	if (count == 0) {
		document_text(document, "No link was clicked, or links are not tracked.");
		return true;
	}
	add_links(data, document, "links",
	          arena_print(data->arena,
	                      "Over all campaigns of the period, the first %d of %d links; people are counted "
	                      "once a campaign",
	                      count < LINKS_MAX ? count : LINKS_MAX, count),
	          sums, count, LINKS_MAX, metrics_delivered(&data->figures.totals));
	note_unread(data, document, reports, report_count);
	return true;
}
