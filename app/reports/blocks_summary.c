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

/* Counts change in percent for machines; for people a few things are counted, many are not. Neither says whether it is
 * good. */
static void put_change(struct arena *arena, struct card *card, int64_t now, int64_t before, bool few) {
	double change = change_percent((double)now, (double)before);
	int64_t more = checked_difference(now, before);
	card->change.plain = cell_number(arena, change, 2, NULL).plain;
	card->than = arena_print(arena, "vs %s", text_of_count(arena, before));
	if (more == 0)
		card->change.text = "no change";
	else if (few)
		card->change.text = arena_print(arena, "%s %s", more > 0 ? "↑" : "↓", text_of_count(arena, llabs(more)));
	else if (!isnan(change))
		card->change.text = metric_count_change_text(arena, now, before);
	else
		card->than = NULL;
}

/* Judged by the campaigns that have settled. */
static enum judgement judge(const struct report_data *data, enum metric metric) {
	int left_out;
	struct metrics settled = figures_settled(&data->figures, moment_is_set(data->as_of) ? data->as_of : data->now,
	                                         &left_out);
	return usual_judge_beside(&data->usual[metric], &settled, metrics_rate(&data->figures.totals, metric), metric);
}

/* For CSV: "usual 2.40–3.00 %, median 2.70 %; within its usual range"; NULL if nothing is usual. */
static const char *usual_note(const struct report_data *data, enum metric metric) {
	const char *words = usual_text(data->arena, metric, &data->usual[metric]), *side;
	const char *judgement = judgement_text(judge(data, metric), metric, &side);
	if (!words)
		return NULL;
	return arena_print(data->arena, "%s %s%s%s", data->report->partner_id ? "usual for this partner" : "usual", words,
	                   judgement ? "; " : "", judgement ? judgement : "");
}

static const char *usual_line(const struct report_data *data, enum metric metric, const char *verdict) {
	const char *words = usual_range_text(data->arena, metric, &data->usual[metric], verdict != NULL);
	const char *caveat = metric == METRIC_OPEN_RATE ? "Automated opens included" : NULL;
	if (!words)
		return caveat;
	return arena_print(data->arena, "%s %s%s%s", verdict ? "usual" : "Usual", words, caveat ? "; " : "",
	                   caveat ? "automated opens included" : "");
}

static struct card rate_card(const struct report_data *data, enum metric metric) {
	struct arena *arena = data->arena;
	const struct metric_row *row = &metric_rows[metric];
	double now = metrics_rate(&data->figures.totals, metric), before = metrics_rate(&data->before.totals, metric);
	struct card card = { .label = row->name, .value = cell_number(arena, now, row->decimals, "%") };
	const char *usual = usual_note(data, metric);
	card.formula = *row->caveat ? arena_print(arena, "%s, %s", row->formula, row->caveat) : row->formula;
	card.note = usual ? arena_print(arena, "%s; %s", card.formula, usual) : card.formula;
	card.verdict = verdict_text(judge(data, metric), metric, &card.side);
	card.line = usual_line(data, metric, card.verdict);
	if (!data->has_compared || isnan(change_points(now, before)))
		return card;
	card.change.text = metric_points_text(arena, metric, now, before);
	card.change.plain = cell_number(arena, change_points(now, before), 2, NULL).plain;
	card.than = arena_print(arena, "vs %s", cell_number(arena, before, row->decimals, "%").text);
	return card;
}

static void put_cards(const struct report_data *data, struct document *document) {
	struct arena *arena = data->arena;
	const struct figures *now = &data->figures, *before = &data->before;
	struct card *cards = arena_array(arena, struct card, CARDS);
	const char *list = report_only_list(data);
	int64_t delivered = metrics_delivered(&now->totals);
	cards[0] = (struct card){ .label = "Campaigns",
		                      .value = cell_count(arena, now->count),
		                      .note = arena_print(arena, "sent in the period, %d with figures", now->with_report),
		                      .line = now->with_report < now->count
		                                  ? arena_print(arena, "%d with figures", now->with_report)
		                              : list ? arena_print(arena, "to %s", list)
		                                     : NULL };
	cards[1] = (struct card){ .label = "Delivered",
		                      .value = cell_count(arena, delivered),
		                      .note = arena_print(arena, "people; of %s sent", text_of_count(arena, now->totals.sent)),
		                      .line = arena_print(arena, "of %s sent", text_of_count(arena, now->totals.sent)),
		                      .formula = "sent − hard and soft bounces; one person counts once a campaign" };
	if (data->has_compared) {
		put_change(arena, &cards[0], now->count, before->count, true);
		put_change(arena, &cards[1], delivered, metrics_delivered(&before->totals), false);
	}
	for (int i = 0; i < SHOWN; i++)
		cards[2 + i] = rate_card(data, shown[i]);
	document_cards(document, "Summary", cards, CARDS);
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

enum { FINDINGS_MAX = 8 };

static void add_finding(struct strings *findings, const char *words) {
	findings->items[findings->count++] = words;
}

static const char *rate_words(struct arena *arena, double rate, enum metric metric) {
	return cell_number(arena, rate, metric_rows[metric].decimals, "%").text;
}

static const char *interval_words(const struct report_data *data, enum metric metric) {
	const struct metrics *totals = &data->figures.totals;
	struct interval interval = metrics_interval(totals, metric);
	return isnan(interval.low)
	           ? ""
	           : arena_print(data->arena, " (95\u00a0%% interval %.2f–%.2f\u00a0%%)", interval.low, interval.high);
}

/* How sure it is that two rates differ. */
static const char *chance_words(const struct report_data *data, enum metric metric) {
	struct interval interval = metrics_difference(&data->figures.totals, &data->before.totals, metric);
	if (isnan(interval.low))
		return "";
	return arena_print(data->arena, " %s (95\u00a0%% interval of the difference %s%.2f to %s%.2f).",
	                   stats_excludes_zero(interval) ? "That is more than chance explains" : "That may be chance",
	                   interval.low < 0 ? "−" : "", fabs(interval.low), interval.high < 0 ? "−" : "",
	                   fabs(interval.high));
}

static void tell_direction(const struct report_data *data, struct strings *findings) {
	struct arena *arena = data->arena;
	enum metric metric = METRIC_CLICK_RATE;
	double now = metrics_rate(&data->figures.totals, metric);
	double before = data->has_compared ? metrics_rate(&data->before.totals, metric) : NAN;
	double points = change_points(now, before);
	const char *rate = rate_words(arena, now, metric);
	if (isnan(now))
		return;
	if (isnan(before))
		add_finding(findings, arena_print(arena, "%s clicked, %s of those who received the email%s.",
		                                  text_of_counted(arena, data->figures.totals.clicked, "person", "people"),
		                                  rate, interval_words(data, metric)));
	else if (fabs(points) < 0.005)
		add_finding(findings,
		            arena_print(arena, "The click rate is %s%s, as before.", rate, interval_words(data, metric)));
	else
		add_finding(findings,
		            arena_print(arena, "The click rate %s by %.2f percentage points to %s.%s",
		                        points > 0 ? "rose" : "fell", fabs(points), rate, chance_words(data, metric)));
}

static void tell_limits(const struct report_data *data, struct strings *findings) {
	const struct figures *figures = &data->figures;
	struct broken_limit broken[LIMIT_COUNT];
	int count = 0;
	for (int i = 0; i < figures->count; i++)
		count += figures->campaigns[i].has_report &&
		         metrics_broken_limits(&figures->campaigns[i].current_metrics, broken) > 0;
	add_finding(findings,
	            count ? arena_print(data->arena,
	                                "%d of %s broke a limit for complaints, hard bounces or "
	                                "unsubscribes.",
	                                count, text_of_counted(data->arena, figures->with_report, "campaign", "campaigns"))
	                  : "No campaign broke a limit for complaints, hard bounces or unsubscribes.");
}

static void tell_young(const struct report_data *data, struct strings *findings) {
	int young = 0;
	for (int i = 0; i < data->figures.count; i++)
		young += campaign_age(&data->figures.campaigns[i], data->now) < SETTLING_MS;
	if (young)
		add_finding(findings,
		            arena_print(data->arena,
		                        "%d of %s %s still collecting opens and clicks: sent "
		                        "less than 3 days before.",
		                        young, text_of_counted(data->arena, data->figures.count, "campaign", "campaigns"),
		                        young == 1 ? "is" : "are"));
}

static void tell_findings(const struct report_data *data, struct document *document, const struct campaign *best) {
	struct arena *arena = data->arena;
	struct strings findings = { arena_array(arena, const char *, FINDINGS_MAX), 0 };
	const struct campaign *least = extreme(&data->figures, METRIC_CLICK_RATE, data->now, false);
	tell_direction(data, &findings);
	if (best && least && best != least)
		add_finding(&findings, arena_print(arena, "“%s” was clicked most (%s), “%s” least (%s).", campaign_name(best),
		                                   rate_words(arena, metrics_rate(&best->current_metrics, METRIC_CLICK_RATE),
		                                              METRIC_CLICK_RATE),
		                                   campaign_name(least),
		                                   rate_words(arena, metrics_rate(&least->current_metrics, METRIC_CLICK_RATE),
		                                              METRIC_CLICK_RATE)));
	tell_young(data, &findings);
	tell_limits(data, &findings);
	document_findings(document, "Key findings", &findings);
}

/* As the first part it stands under the title of the document and needs none of its own. */
bool block_summary(const struct report_data *data, struct document *document, struct error *err) {
	const struct campaign *best = extreme(&data->figures, METRIC_CLICK_RATE, data->now, true);
	(void)err;
	if (document->first)
		document_section(document, "Summary");
	if (data->figures.count == 0) {
		document_text(document, "No campaign was sent in this period.");
		return true;
	}
	put_cards(data, document);
	tell_findings(data, document, best);
	if (best) {
		struct mail_view *mail = report_mail(data, best);
		mail->title = "Best email";
		mail->figure = arena_print(data->arena, "%s · %s clicked", campaign_name(best),
		                           rate_words(data->arena, metrics_rate(&best->current_metrics, METRIC_CLICK_RATE),
		                                      METRIC_CLICK_RATE));
		document_mail(document, mail);
	}
	return true;
}

/* A campaign with figures whose sending has finished. */
static bool is_point(const struct campaign *campaign) {
	return campaign->has_report && campaign->status == CAMPAIGN_SENT &&
	       !isnan(metrics_rate(&campaign->current_metrics, METRIC_CLICK_RATE));
}

/* A line that is the same for all points. */
static void add_level(const struct report_data *data, struct chart *chart, const char *label, enum role role,
                      double level) {
	double *values = arena_array(data->arena, double, TREND_MAX);
	for (int i = 0; i < chart->count; i++)
		values[i] = level;
	chart->series[chart->series_count++] = (struct series){ label, role, values };
}

static struct point point_of(const struct report_data *data, const struct campaign *campaign) {
	struct arena *arena = data->arena;
	char day[MOMENT_TEXT];
	struct moment wall = report_wall(data, campaign->sent_at);
	return (struct point){ .name = campaign_name(campaign),
		                   .plain = arena_copy(arena, moment_format_day(wall, day)),
		                   .tick = report_day(wall, arena),
		                   .when = text_of_moment_zone(data->arena, campaign->sent_at),
		                   .at = campaign->sent_at };
}

/* The newest campaigns that have figures, oldest first. */
static void add_points(const struct report_data *data, struct chart *chart, enum metric metric, enum role role) {
	const struct figures *figures = &data->figures;
	struct point *points = arena_array(data->arena, struct point, TREND_MAX);
	double *rates = arena_array(data->arena, double, TREND_MAX);
	int newer = 0, first = 0;
	for (first = 0; first < figures->count && newer < TREND_MAX; first++)
		newer += is_point(&figures->campaigns[first]);
	for (int i = first - 1; i >= 0; i--) {
		const struct campaign *campaign = &figures->campaigns[i];
		if (!is_point(campaign))
			continue;
		rates[chart->count] = metrics_rate(&campaign->current_metrics, metric);
		points[chart->count++] = point_of(data, campaign);
	}
	chart->points = points;
	chart->series[chart->series_count++] = (struct series){ metric_rows[metric].name, role, rates };
}

static const char *trend_finding(const struct report_data *data, const struct chart *chart, enum metric metric) {
	const double *rates = chart->series[0].values;
	const struct usual *usual = &data->usual[metric];
	double low = NAN, high = NAN;
	int within = 0;
	for (int i = 0; i < chart->count; i++) {
		low = fmin(low, rates[i]);
		high = fmax(high, rates[i]);
		within += rates[i] >= usual->low && rates[i] <= usual->high;
	}
	const char *span = arena_print(data->arena, "From %s to %s", chart_text(chart, low, data->arena),
	                               chart_text(chart, high, data->arena));
	return usual->count ? arena_print(data->arena, "%s; %d of %s %s in the usual range.", span, within,
	                                  text_of_counted(data->arena, chart->count, "campaign", "campaigns"),
	                                  within == 1 ? "lies" : "lie")
	                    : arena_print(data->arena, "%s.", span);
}

static void fill_trend(const struct report_data *data, struct chart *chart, enum metric metric, enum role role) {
	chart->decimals = metric_rows[metric].decimals;
	chart->mark = "%";
	add_points(data, chart, metric, role);
	if (data->usual[metric].count) {
		add_level(data, chart, "Usual from", ROLE_LOW, data->usual[metric].low);
		add_level(data, chart, "Usual to", ROLE_HIGH, data->usual[metric].high);
	}
	if (!isnan(data->benchmark[metric]))
		add_level(data, chart, "Benchmark", ROLE_BENCHMARK, data->benchmark[metric]);
	chart->finding = trend_finding(data, chart, metric);
}

/* A single point is a sentence. */
static void add_trend(struct document *document, const struct chart *chart) {
	if (chart->count > 1)
		document_chart(document, chart);
	else
		document_text(document,
		              arena_print(document->arena, "%s of “%s”: %s.", chart->series[0].label, chart->points[0].name,
		                          chart_text(chart, chart->series[0].values[0], document->arena)));
}

bool block_trend(const struct report_data *data, struct document *document, struct error *err) {
	static const struct {
		enum metric metric;
		enum role role;
		const char *name, *unit;
	} rows[] = { { METRIC_CLICK_RATE, ROLE_CLICKS, "click-rate", "Percent of delivered" },
		         { METRIC_OPEN_RATE, ROLE_OPENS, "open-rate", "Percent of delivered, automated opens included" } };
	(void)err;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct chart *chart = arena_new_of(data->arena, struct chart);
		chart->kind = CHART_LINE;
		chart->name = rows[i].name;
		chart->title = arena_print(data->arena, "%s by campaign", metric_rows[rows[i].metric].name);
		chart->unit = rows[i].unit;
		chart->scattered = !report_only_list(data);
		chart->told = report_has_block(data->report, BLOCK_CAMPAIGNS);
		fill_trend(data, chart, rows[i].metric, rows[i].role);
		if (chart->count == 0) {
			document_text(document, "No campaign of this period has figures yet.");
			break;
		}
		add_trend(document, chart);
	}
	return true;
}
