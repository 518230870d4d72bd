/* Figures on a campaign's page: the strip, the funnel, broken limits and why. */
#include "console/campaign_figures_view.h"

#include <math.h>

#include "core/base/checked.h"
#include "core/http/parts.h"
#include "metrics/share.h"
#include "metrics/statistics.h"
#include "metrics/usual.h"

enum { PROVIDERS = 3 };

/* Where all figures of the strip are from, and the campaigns that they are compared with. */
struct strip {
	struct value *view;
	const struct campaign *campaign;
	const struct peers *peers;
	const char *source;
	bool young;
};

static void put_stat(const struct strip *strip, struct part_stat stat, struct part_tip *tip) {
	part_tip_add(tip, "Source", strip->source);
	stat.tip = (const char *const(*)[2])(const void *)tip->rows;
	part_stat(strip->view, &stat);
}

/* "1.90–2.63 %, median 2.16 %, of the 12 campaigns before it to this list"; from the sixth campaign on. */
static const char *usual_words(const struct strip *strip, const char *range, int count) {
	struct arena *arena = strip->view->arena;
	const char *whose = strip->peers->of_list ? "to this list" : "to all lists, because it names none";
	if (count < USUAL_MIN)
		return arena_print(arena, "From the sixth campaign %s on; %d before it", whose, count);
	return arena_print(arena, "%s, of the %s before it %s", range,
	                   text_of_counted(arena, count, "campaign", "campaigns"), whose);
}

static struct usual usual_delivered(const struct peers *peers) {
	double others[PEERS_MAX];
	int count = 0;
	for (int i = 0; i < peers->count; i++)
		if (peers->campaigns[i].has_report && metrics_delivered(&peers->campaigns[i].current_metrics) != COUNT_NONE)
			others[count++] = (double)metrics_delivered(&peers->campaigns[i].current_metrics);
	return usual_of(others, count);
}

/* A count is neither good nor bad. */
static void put_delivered(const struct strip *strip) {
	struct arena *arena = strip->view->arena;
	const struct metrics *metrics = &strip->campaign->current_metrics;
	struct usual usual = usual_delivered(strip->peers);
	bool known = usual.count >= USUAL_MIN;
	const char *range = known ? arena_print(arena, "%s–%s", text_of_count(arena, llround(usual.low)),
	                                        text_of_count(arena, llround(usual.high)))
	                          : NULL;
	struct part_tip tip = { 0 };
	part_tip_add(&tip, "Formula", "sent − hard bounces − soft bounces");
	part_tip_add(&tip, "Usual range",
	             usual_words(strip,
	                         known ? arena_print(arena, "%s, median %s", range,
	                                             text_of_count(arena, llround(usual.median)))
	                               : NULL,
	                         usual.count));
	put_stat(strip,
	         (struct part_stat){ .label = "Delivered",
	                             .value = count_text(arena, metrics_delivered(metrics)),
	                             .note = arena_print(arena, "of %s sent", count_text(arena, metrics->sent)),
	                             .usual = known ? arena_print(arena, "Usual %s", range) : NULL },
	         &tip);
}

static const char *interval_text(struct arena *arena, const struct metrics *metrics, enum metric metric) {
	struct interval interval = metrics_interval(metrics, metric);
	int decimals = metric_rows[metric].decimals;
	return isnan(interval.low)
	           ? NULL
	           : arena_print(arena, "%.*f–%.*f\u00a0%%", decimals, interval.low, decimals, interval.high);
}

/* What is behind the ⓘ of a rate, named by `prefix`. */
static void explain_rate(const struct strip *strip, enum metric metric, struct part_tip *tip) {
	struct arena *arena = strip->view->arena;
	const struct metric_row *row = &metric_rows[metric];
	const struct metrics *metrics = &strip->campaign->current_metrics;
	struct usual usual = usual_of(strip->peers->rates[metric], strip->peers->counts[metric]);
	part_tip_add(tip, "Formula", *row->caveat ? arena_print(arena, "%s; %s", row->formula, row->caveat) : row->formula);
	part_tip_add(tip, "Here",
	             arena_print(arena, "%s of %s", count_text(arena, metrics_part(metrics, metric)),
	                         count_text(arena, metrics_whole(metrics, metric))));
	part_tip_add(tip, "95 % interval", interval_text(arena, metrics, metric));
	part_tip_add(tip, "Usual range", usual_words(strip, usual_text(arena, metric, &usual), usual.count));
}

/* Judged like the others, but without a place in the strip: opens are unreliable. */
static const char *click_to_open_text(const struct strip *strip) {
	struct arena *arena = strip->view->arena;
	const struct metrics *metrics = &strip->campaign->current_metrics;
	const enum metric metric = METRIC_CLICK_TO_OPEN_RATE;
	struct usual usual = usual_of(strip->peers->rates[metric], strip->peers->counts[metric]);
	double rate = metrics_rate(metrics, metric);
	const char *interval = interval_text(arena, metrics, metric), *kind;
	const char *verdict = verdict_text(strip->young ? JUDGED_NOT : usual_judge(&usual, metrics, metric), metric, &kind);
	if (isnan(rate))
		return NULL;
	const char *words = arena_print(arena, "%s, %s; 95\u00a0%% interval %s", metric_text(arena, metric, rate),
	                                metric_rows[metric].formula, interval ? interval : "–");
	if (usual.count < USUAL_MIN)
		return words;
	return arena_print(arena, "%s; %susual %s", words, verdict ? arena_print(arena, "%s its ", verdict) : "",
	                   usual_text(arena, metric, &usual));
}

/* The second line: the change to the median of what is usual, or who they are. */
static void put_second_line(const struct strip *strip, enum metric metric, const struct usual *usual,
                            struct part_stat *stat) {
	struct arena *arena = strip->view->arena;
	const struct metrics *metrics = &strip->campaign->current_metrics;
	bool compared = usual->count >= USUAL_MIN && !strip->young;
	switch (metric) {
	case METRIC_OPEN_RATE:
	case METRIC_CLICK_RATE:
		if (compared)
			stat->change = metric_points_text(arena, metric, metrics_rate(metrics, metric), usual->median);
		if (stat->change)
			stat->change_rest = arena_print(arena, "vs %s", metric_text(arena, metric, usual->median));
		else
			stat->note = text_of_counted(arena, metrics_part(metrics, metric), "person", "people");
		break;
	case METRIC_BOUNCE_RATE:
		stat->change = arena_print(arena, "%s hard", count_text(arena, metrics->bounced_hard));
		stat->change_rest = arena_print(arena, "· %s soft", count_text(arena, metrics->bounced_soft));
		break;
	default:
		if (metrics_part(metrics, metric) != COUNT_NONE)
			stat->note = text_of_counted(arena, metrics_part(metrics, metric), "person", "people");
		else if (strip->campaign->origin == CAMPAIGN_OWN)
			stat->note = "No mailbox provider has reported any";
	}
}

/* A rate is not judged while results are still coming in. */
static void put_rate(const struct strip *strip, enum metric metric) {
	struct arena *arena = strip->view->arena;
	const struct metrics *metrics = &strip->campaign->current_metrics;
	struct usual usual = usual_of(strip->peers->rates[metric], strip->peers->counts[metric]);
	struct part_stat stat = { .label = metric_rows[metric].name,
		                      .value = metric_text(arena, metric, metrics_rate(metrics, metric)) };
	struct part_tip tip = { 0 };
	stat.verdict = verdict_text(strip->young ? JUDGED_NOT : usual_judge(&usual, metrics, metric), metric,
	                            &stat.verdict_kind);
	stat.change_kind = stat.verdict_kind;
	put_second_line(strip, metric, &usual, &stat);
	if (usual.count >= USUAL_MIN)
		stat.usual = arena_print(arena, "%s %s", stat.verdict ? "usual" : "Usual",
		                         usual_range_text(arena, metric, &usual, stat.verdict != NULL));
	else if (metric == METRIC_CLICK_RATE || usual.count != strip->peers->counts[METRIC_CLICK_RATE]) /* once is enough */
		stat.usual = arena_print(arena, "No usual range yet: %d of %d earlier campaigns", usual.count, USUAL_MIN);
	explain_rate(strip, metric, &tip);
	if (metric == METRIC_CLICK_RATE)
		part_tip_add(&tip, "Click-to-open rate", click_to_open_text(strip));
	put_stat(strip, stat, &tip);
}

/* A step of the funnel; its bar is the share of all sent. */
static void put_step(struct value *funnel, const char *name, const char *kind, int64_t count, int64_t sent,
                     const char *share, const char *note) {
	struct value *step = value_push(funnel, value_map(funnel->arena));
	value_put_text(step, "name", name);
	value_put_text(step, "kind", kind);
	value_put_text(step, "count", count_text(funnel->arena, count));
	value_put_text(step, "share", share);
	value_put_text(step, "note", note);
	value_put_text(step, "width", part_width(funnel->arena, share_percent(count, sent), 100));
}

static const char *bounces_text(struct arena *arena, const struct metrics *metrics) {
	if (metrics->bounced_hard == COUNT_NONE || metrics->bounced_soft == COUNT_NONE)
		return NULL;
	return arena_print(arena, "%s, %s", text_of_counted(arena, metrics->bounced_hard, "hard bounce", "hard bounces"),
	                   text_of_counted(arena, metrics->bounced_soft, "soft bounce", "soft bounces"));
}

static void put_funnel(struct value *view, const struct campaign *campaign) {
	const struct metrics *metrics = &campaign->current_metrics;
	struct arena *arena = view->arena;
	struct value *funnel = value_put(view, "funnel", value_list(arena));
	int64_t delivered = metrics_delivered(metrics);
	double share = share_percent(delivered, metrics->sent),
		   of_opened = metrics_rate(metrics, METRIC_CLICK_TO_OPEN_RATE);
	put_step(funnel, "Sent", "sent", metrics->sent, metrics->sent, NULL, NULL);
	put_step(funnel, "Delivered", "sent", delivered, metrics->sent,
	         isnan(share) ? NULL : arena_print(arena, "%.2f\u00a0%%", share), bounces_text(arena, metrics));
	put_step(funnel, "Opened", "opens", metrics->opened, metrics->sent,
	         metric_text(arena, METRIC_OPEN_RATE, metrics_rate(metrics, METRIC_OPEN_RATE)),
	         campaign->origin == CAMPAIGN_OWN ? "machines left out" : "automated opens included");
	put_step(funnel, "Clicked", "clicks", metrics->clicked, metrics->sent,
	         metric_text(arena, METRIC_CLICK_RATE, metrics_rate(metrics, METRIC_CLICK_RATE)),
	         isnan(of_opened) ? NULL
	                          : arena_print(arena, "%s of those who opened",
	                                        metric_text(arena, METRIC_CLICK_TO_OPEN_RATE, of_opened)));
}

/* "EmailOctopus summary, synced today, 09:02; last changed 29 Sep, 10:00" */
static const char *source_text(const struct exchange *x, const struct campaign *campaign) {
	const char *changed = text_of_moment_near(x->arena, campaign->last_updated, x->now);
	const char *read = text_of_moment_near(x->arena, campaign->summary_read_at, x->now);
	bool own = campaign->origin == CAMPAIGN_OWN;
	return arena_print(x->arena, "%s%s%s%s%s", own ? "Counted here" : "EmailOctopus summary",
	                   !*read ? ""
	                   : own  ? ", "
	                          : ", synced ",
	                   read, *changed ? "; last changed " : "", changed);
}

void campaign_put_figures(struct exchange *x, struct value *view, const struct campaign *campaign,
                          const struct peers *peers, struct moment now) {
	static const enum metric shown[] = { METRIC_CLICK_RATE, METRIC_OPEN_RATE, METRIC_BOUNCE_RATE,
		                                 METRIC_UNSUBSCRIBE_RATE, METRIC_COMPLAINT_RATE };
	bool young = !campaign_has_settled(campaign, now);
	const struct strip strip = { view, campaign, peers, source_text(x, campaign), young };
	int64_t delivered = metrics_delivered(&campaign->current_metrics);
	value_put_bool(view, "still_collecting", campaign->has_report && young);
	value_put_bool(view, "low_volume", campaign->has_report && delivered < METRICS_FEW);
	if (!campaign->has_report)
		return;
	put_delivered(&strip);
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		put_rate(&strip, shown[i]);
	put_funnel(view, campaign);
}

static void put_limits(struct value *view, const struct circumstances *around) {
	static const char *const doings[LIMIT_COUNT] = { "complained", "bounced", "unsubscribed" };
	struct arena *arena = view->arena;
	const struct broken_limit *broken = around->broken;
	int count = around->broken_count;
	struct value *rows = value_put(view, "limits", value_list(arena));
	for (int i = 0; i < count; i++) {
		const struct limit_row *limit = &limit_rows[broken[i].limit];
		struct value *row = value_push(rows, value_map(arena));
		value_put_text(row, "name", limit->name);
		value_put_text(row, "value", arena_print(arena, "%.*f\u00a0%%", limit->decimals, broken[i].percent));
		value_put_text(row, "limit", limit->words);
		value_put_text(row, "note", *limit->note ? limit->note : NULL);
		/* The tick of the limit is at a fifth of the bar. */
		value_put_text(row, "width", part_width(arena, broken[i].percent, 5 * limit->percent));
	}
	value_put_text(view, "limits_title", count ? text_of_counted(arena, count, "limit broken", "limits broken") : NULL);
	value_put_text(view, "limits_who", count ? doings[why_main(around)->limit] : NULL);
}

/* Whom it bounced at: the providers with most of them, and the others together. */
static void put_providers(struct value *view, const struct campaign *campaign, const struct rows *domains,
                          const struct lost *lost) {
	struct arena *arena = view->arena;
	struct value *rows = value_put(view, "providers", value_list(arena));
	const struct domain_lost *items = domains->items;
	int shown = domains->count <= PROVIDERS + 1 ? domains->count : PROVIDERS;
	int64_t others = lost->people;
	for (int i = 0; i <= shown && others > 0; i++) {
		bool last = i == shown;
		int64_t people = last ? others : items[i].people;
		const char *domain = last ? NULL : items[i].domain;
		struct value *row = value_push(rows, value_map(arena));
		value_put_text(row, "domain",
		               last ? text_of_counted(arena, domains->count - shown, "other", "others") : domain);
		value_put_text(row, "query", domain ? url_encoded(arena, domain) : NULL);
		value_put_text(row, "people", text_of_count(arena, people));
		value_put_text(row, "share", share_text(arena, people, lost->people));
		value_put_text(row, "width", part_width(arena, share_percent(people, lost->people), 100));
		others -= people;
	}
	value_put_bool(view, "has_providers", rows->count > 0);
	int64_t bounced = campaign->current_metrics.bounced;
	value_put_text(view, "providers_gap",
	               bounced == lost->people
	                   ? NULL
	                   : arena_print(arena, "%s bounced; %s are named so far, as far as they are contacts",
	                                 count_text(arena, bounced), count_text(arena, lost->people)));
}

/* The rate that is far from usual, in words; NULL if none is or results are still coming in. */
static const char *far_text(struct arena *arena, const struct campaign *campaign, const struct peers *peers,
                            struct moment now) {
	for (int m = 0; campaign->has_report && campaign_has_settled(campaign, now) && m < METRIC_COUNT; m++) {
		const char *words = peers_anomaly(peers, &campaign->current_metrics, (enum metric)m, arena);
		if (words)
			return words;
	}
	return NULL;
}

bool campaign_put_why(struct exchange *x, struct value *view, const struct campaign *campaign,
                      const struct peers *peers, struct moment as_of, struct error *err) {
	struct circumstances around;
	struct why_sentence sentences[WHY_MAX];
	struct lost bounced = { 0 };
	struct rows domains = { 0 };
	bool named = campaign->has_report && !moment_is_set(as_of) && campaign->current_metrics.bounced != 0;
	if ((named && !lost_find(x->store, campaign->id, RESPONSE_BOUNCED, x->arena, &bounced, &domains, err)) ||
	    !circumstances_find(x->store, campaign, peers, as_of, &bounced, x->arena, &around, err))
		return false;
	const char *far = far_text(x->arena, campaign, peers, moment_is_set(as_of) ? as_of : x->now);
	struct value *why = value_put(view, "why", value_list(x->arena));
	int count = around.broken_count || far ? why_of(&around, x->arena, sentences) : 0;
	for (int i = 0; i < count; i++) {
		struct value *one = value_push(why, value_map(x->arena));
		value_put_text(one, "before", sentences[i].before);
		value_put_text(one, "domain", sentences[i].domain);
		value_put_text(one, "query", sentences[i].domain ? url_encoded(x->arena, sentences[i].domain) : NULL);
		value_put_text(one, "after", sentences[i].after);
	}
	put_limits(view, &around);
	value_put_text(view, "far", far);
	put_providers(view, campaign, &domains, &bounced);
	return true;
}
