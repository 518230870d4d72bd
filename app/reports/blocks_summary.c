/* Blocks about all campaigns together: summary and trend. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/checked.h"
#include "core/base/local.h"
#include "insights/peers.h"
#include "metrics/share.h"
#include "metrics/statistics.h"
#include "metrics/usual.h"
#include "reports/compose.h"

enum { CARDS = 6, TREND_MAX = 60 };

static const enum metric shown[] = { METRIC_CLICK_RATE, METRIC_OPEN_RATE, METRIC_UNSUBSCRIBE_RATE, METRIC_BOUNCE_RATE };
enum { SHOWN = sizeof shown / sizeof *shown };

/* Rates change in percentage points, counts in percent; neither says whether it is good. */
static void put_change(struct arena *arena, struct card *card, double now, double before, bool points) {
	double change = points ? change_points(now, before) : change_percent(now, before);
	card->change.text = metric_change_text(arena, now, before, points);
	card->change.plain = cell_number(arena, change, 2, NULL).plain;
}

/* "usual 2.40–3.00 %, median 2.70 %: within", judged by the campaigns that have settled; NULL if nothing is usual. */
static const char *usual_note(const struct report_data *data, enum metric metric) {
	int left_out;
	struct metrics settled = figures_settled(&data->figures, moment_is_set(data->as_of) ? data->as_of : data->now,
	                                         &left_out);
	const char *words = usual_text(data->arena, metric, &data->usual[metric]), *side;
	const char *judgement = judgement_text(usual_judge(&data->usual[metric], &settled, metric), metric, &side);
	if (!words)
		return NULL;
	return arena_print(data->arena, "%s %s%s%s", data->report->partner_id ? "usual for this partner" : "usual", words,
	                   judgement ? "; " : "", judgement ? judgement : "");
}

static void put_cards(const struct report_data *data, struct document *document) {
	struct arena *arena = data->arena;
	const struct figures *now = &data->figures, *before = &data->before;
	struct card *cards = arena_array(arena, struct card, CARDS);
	int count = 0;
	int64_t delivered = metrics_delivered(&now->totals);
	cards[count] = (struct card){ .label = "Campaigns",
		                          .value = cell_count(arena, now->count),
		                          .note = arena_print(arena, "sent in the period, %d with figures", now->with_report) };
	if (data->has_compared)
		put_change(arena, &cards[count], now->count, before->count, false);
	count++;
	cards[count] = (struct card){ .label = "Delivered",
		                          .value = cell_count(arena, delivered),
		                          .note = arena_print(arena, "people; of %s sent",
		                                              text_of_count(arena, now->totals.sent)) };
	if (data->has_compared)
		put_change(arena, &cards[count], (double)delivered, (double)metrics_delivered(&before->totals), false);
	count++;
	for (int i = 0; i < SHOWN; i++) {
		const struct metric_row *row = &metric_rows[shown[i]];
		double rate = metrics_rate(&now->totals, shown[i]);
		const char *note = *row->caveat ? arena_print(arena, "%s, %s", row->formula, row->caveat) : row->formula;
		const char *usual = usual_note(data, shown[i]);
		if (usual)
			note = arena_print(arena, "%s; %s", note, usual);
		cards[count] = (struct card){ .label = row->name,
			                          .value = cell_number(arena, rate, row->decimals, "%"),
			                          .note = note };
		if (data->has_compared)
			put_change(arena, &cards[count], rate, metrics_rate(&before->totals, shown[i]), true);
		count++;
	}
	document_cards(document, "Summary", cards, count);
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
		document_text(document, arena_print(arena, "%s people clicked, %.2f %% of those who received the email%s.",
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
		usual[chart->count] = data->usual[metric].median;
		low = fmin(low, rates[chart->count]);
		high = fmax(high, rates[chart->count]);
		chart->labels[chart->count++] = arena_copy(arena, moment_format_day(report_wall(data, campaign->sent_at), day));
	}
	chart->decimals = metric_rows[metric].decimals;
	chart->series[chart->series_count++] = (struct series){ arena_print(arena, "%s, %%", metric_rows[metric].name),
		                                                    role, rates };
	if (data->usual[metric].count)
		chart->series[chart->series_count++] = (struct series){ data->report->partner_id ? "Usual for this partner, %"
			                                                                             : "Usual, %",
			                                                    ROLE_USUAL, usual };
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
		chart->unit = arena_print(data->arena, "%s, percent%s%s; by day sent (%s), the newest %d at most", row->formula,
		                          *row->caveat ? ", " : "", row->caveat, local_name(), TREND_MAX);
		fill_trend(data, chart, rows[i].metric, rows[i].role);
		if (chart->count)
			document_chart(document, chart);
		else
			document_text(document, "No campaign of this period has figures yet.");
	}
	return true;
}
