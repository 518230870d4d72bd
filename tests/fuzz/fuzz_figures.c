/* From the provider's answers to what a page shows: each line of the input is an answer, or "!" and the bytes of
 * counters as an older version may have stored them. Nothing overflows, and every rate is finite or NaN. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audience/lists/list.h"
#include "campaigns/curve.h"
#include "campaigns/growth.h"
#include "campaigns/links.h"
#include "core/base/calendar.h"
#include "core/base/checked.h"
#include "core/formats/json.h"
#include "events/event.h"
#include "insights/changes.h"
#include "insights/daily.h"
#include "insights/heatmap.h"
#include "insights/peers.h"
#include "metrics/statistics.h"
#include "observing/emailoctopus.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

enum { CAMPAIGNS = PEERS_MAX + 1, REPORTS = 8, SUMS = 64, DAYS = 3, LINES = 40 };

struct seen {
	struct arena *arena;
	struct campaign campaigns[CAMPAIGNS], before[CAMPAIGNS];
	struct curve curves[CAMPAIGNS];
	struct growth growths[CAMPAIGNS];
	struct link_report reports[REPORTS];
	int count, report_count, turn;
	struct moment now;
};

static void expect(bool holds) {
	if (!holds)
		abort();
}

static struct campaign *next_campaign(struct seen *seen) {
	return seen->count ? &seen->campaigns[seen->turn++ % seen->count] : NULL;
}

static void take_metrics(struct seen *seen, const struct metrics *metrics) {
	struct campaign *campaign = next_campaign(seen);
	if (!campaign)
		return;
	struct curve *curve = &seen->curves[campaign - seen->campaigns];
	struct snapshot snapshot = snapshot_of("c", "r", metrics, seen->now);
	(void)metrics_decreased(&campaign->current_metrics, metrics);
	curve_add(curve, curve_point_of(&snapshot), seen->arena);
	campaign->current_metrics = *metrics;
	campaign->has_report = true;
	seen->now = moment_add(seen->now, HOUR_MS);
}

static void take_campaigns(struct seen *seen, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	struct campaign_page page = { 0 };
	if (!emailoctopus_campaigns(seen->arena, answer, &page, &err))
		return;
	for (int i = 0; i < page.count && seen->count < CAMPAIGNS; i++) {
		page.campaigns[i].id = page.campaigns[i].external.id;
		seen->before[seen->count] = seen->campaigns[seen->count] = page.campaigns[i];
		seen->count++;
	}
}

static void take_events(struct seen *seen, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	struct event_page page = { 0 };
	struct campaign *campaign = next_campaign(seen);
	if (!campaign || !moment_is_set(campaign->sent_at) || !emailoctopus_events(seen->arena, answer, NULL, &page, &err))
		return;
	struct growth *growth = &seen->growths[campaign - seen->campaigns];
	int64_t *times = arena_array(seen->arena, int64_t, page.count + 1);
	int count = 0;
	for (int i = 0; i < page.count; i++)
		if (moment_is_set(page.events[i].occurred_at))
			times[count++] = page.events[i].occurred_at.ms;
	growth->opened = growth->clicked = named_of_times(times, count, page.count - count, campaign->sent_at, seen->arena);
	expect(growth->opened.people == page.count && growth->opened.early <= count);
}

static void take_links(struct seen *seen, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	struct link_page page = { 0 };
	if (seen->report_count < REPORTS && emailoctopus_links(seen->arena, answer, &page, &err))
		seen->reports[seen->report_count++] = (struct link_report){ .links = { page.links, page.count } };
}

static void take_lists(struct seen *seen, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	struct list_page page = { 0 };
	if (!emailoctopus_lists(seen->arena, answer, &page, &err))
		return;
	for (int i = 0; i < page.count; i++)
		expect(list_total(&page.lists[i].counts) >= 0 || page.unreadable.count > 0); /* unknown counts: no total */
}

static void take_stored(struct seen *seen, const char *line, size_t size) {
	struct metrics metrics = { 0 };
	memcpy(&metrics, line, size < offsetof(struct metrics, pool) ? size : offsetof(struct metrics, pool));
	take_metrics(seen, &metrics);
}

static void take_line(struct seen *seen, const char *line, size_t size) {
	struct error err = ERROR_INIT;
	struct metrics metrics;
	struct unreadable unreadable;
	struct http_answer answer = { .status = 200, .problem = "", .remaining = -1, .retry_after = -1 };
	if (size && *line == '!') {
		take_stored(seen, line + 1, size - 1);
		return;
	}
	answer.body = arena_copy_bytes(seen->arena, line, size);
	answer.size = size;
	if (emailoctopus_summary(seen->arena, &answer, NULL, &metrics, &unreadable, &err)) {
		expect(metrics.bounced == COUNT_NONE || (metrics.bounced >= 0 && metrics.bounced <= 2 * COUNT_MAX));
		take_metrics(seen, &metrics);
		return;
	}
	take_campaigns(seen, &answer);
	take_events(seen, &answer);
	take_links(seen, &answer);
	take_lists(seen, &answer);
}

static void show_rates(const struct seen *seen, const struct campaign *campaign) {
	for (int m = 0; m < METRIC_COUNT; m++) {
		double rate = metrics_rate(&campaign->current_metrics, (enum metric)m);
		expect(isnan(rate) || isfinite(rate));
		(void)metric_text(seen->arena, (enum metric)m, rate);
	}
	(void)metrics_alarm(seen->arena, &campaign->current_metrics);
}

static void show_days(const struct seen *seen, int i) {
	const struct campaign *campaign = &seen->campaigns[i];
	BUF_AUTO out = { 0 };
	if (!moment_is_set(campaign->sent_at))
		return;
	for (int day = 0; day < DAYS; day++) {
		struct daily daily = daily_of(campaign, day % 2 ? &seen->growths[i] : NULL,
		                              moment_add(day_start(campaign->sent_at), day * DAY_MS), seen->arena);
		record_to_json(&daily_record, &daily, &out);
	}
}

/* The first campaign beside the others. */
static void show_peers(struct seen *seen) {
	struct peers peers = { .campaigns = seen->campaigns + 1, .count = seen->count - 1 };
	struct campaign *one = seen->campaigns;
	struct forecast forecast;
	double low, high;
	for (int i = 0; i < peers.count; i++) {
		peers.growths[i] = moment_is_set(peers.campaigns[i].sent_at) ? &seen->growths[i + 1] : NULL;
		for (int m = 0; m < METRIC_COUNT; m++) {
			double rate = metrics_rate(&peers.campaigns[i].current_metrics, (enum metric)m);
			if (!isnan(rate))
				peers.rates[m][peers.counts[m]++] = rate;
		}
	}
	for (int m = 0; m < METRIC_COUNT; m++)
		(void)peers_anomaly(&peers, &one->current_metrics, (enum metric)m, seen->arena);
	(void)daily_lines(one, &seen->growths[0], seen->arena);
	(void)peers_band(&peers, DAY_MS, RESPONSE_OPENED, 1, &low, &high);
	if (moment_is_set(one->sent_at) &&
	    peers_forecast(&peers, one, &seen->growths[0], RESPONSE_OPENED, moment_add(one->sent_at, DAY_MS), &forecast))
		expect(forecast.low < forecast.high && forecast.low >= one->current_metrics.opened);
}

static void show_links(const struct seen *seen) {
	struct link sums[SUMS];
	int count = campaign_sum_links(seen->reports, seen->report_count, sums, SUMS);
	struct link total = campaign_link_total(&(struct rows){ sums, count });
	expect(total.clicked_total >= 0 && total.clicked_unique >= 0);
	(void)record_to_value(&link_record, &total, seen->arena);
}

static void show_period(struct seen *seen) {
	struct arena *arena = seen->arena;
	struct figures figures;
	struct heatmap map;
	struct change changes[CAMPAIGNS];
	struct value *view = value_map(arena);
	BUF_AUTO out = { 0 };
	figures_of(seen->campaigns, seen->count, arena, &figures);
	figures_put(view, &figures);
	heatmap_of(&figures, MOMENT_NONE, &map);
	for (int m = 0; m < METRIC_COUNT; m++)
		heatmap_put(view, &map, (enum metric)m);
	(void)value_put(view, "cells", heatmap_json(&map, arena));
	int count = changes_of(seen->before, seen->count, seen->campaigns, seen->count, changes);
	for (int i = 0; i < count; i++)
		value_put_text(view, "change",
		               text_of_change(arena, checked_difference(changes[i].after.opened, changes[i].before.opened)));
	json_write(&out, view);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct seen *seen = arena_new_of(arena, struct seen);
	const char *at = arena_copy_bytes(arena, (const char *)bytes, size), *end = at + size;
	seen->arena = arena;
	seen->now = (struct moment){ INT64_C(1760000000000) };
	for (int line = 0; at < end && line < LINES; line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((stop ? stop : end) - at);
		take_line(seen, at, length);
		at += length + 1;
	}
	for (int i = 0; i < seen->count; i++) {
		show_rates(seen, &seen->campaigns[i]);
		show_days(seen, i);
		(void)campaign_to_json(&seen->campaigns[i], arena);
	}
	if (seen->count)
		show_peers(seen);
	show_links(seen);
	show_period(seen);
	return 0;
}
