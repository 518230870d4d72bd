/* Counters and rates. */
#include "metrics/metrics.h"

#include <math.h>

#include "core/base/checked.h"
#include "metrics/share.h"

static const struct field metrics_fields[] = {
	FIELD(struct metrics, sent, .unit = "people", .doc = "Handed over for sending"),
	FIELD(struct metrics, opened, .unit = "people", .doc = "Unique opens, automated ones included"),
	FIELD(struct metrics, clicked, .unit = "people", .doc = "Unique clickers"),
	FIELD(struct metrics, bounced, .unit = "people", .doc = "Hard and soft bounces"),
	FIELD(struct metrics, unsubscribed, .unit = "people"),
	FIELD(struct metrics, spam_complaints, .unit = "people"),
	FIELD(struct metrics, opened_total, .unit = "events"),
	FIELD(struct metrics, clicked_total, .unit = "events"),
	FIELD(struct metrics, bounced_hard, .unit = "people"),
	FIELD(struct metrics, bounced_soft, .unit = "people"),
};
const struct record_type metrics_record = RECORD_TYPE("Metrics", struct metrics, metrics_fields);

const struct metric_row metric_rows[METRIC_COUNT] = {
	[METRIC_OPEN_RATE] = { "open_rate", "Open rate", "people who opened ÷ delivered", "delivered",
	                       "automated opens included", 1, true },
	[METRIC_CLICK_RATE] = { "click_rate", "Click rate", "people who clicked ÷ delivered", "delivered", "", 2, true,
	                        0.5 },
	[METRIC_CLICK_TO_OPEN_RATE] = { "click_to_open_rate", "Click-to-open rate",
	                                "people who clicked ÷ people who opened", "people who opened",
	                                "automated opens lower it", 1, true },
	[METRIC_BOUNCE_RATE] = { "bounce_rate", "Bounce rate", "bounces ÷ sent", "sent", "", 2, false },
	[METRIC_UNSUBSCRIBE_RATE] = { "unsubscribe_rate", "Unsubscribe rate", "unsubscribes ÷ sent", "sent", "", 2, false },
	[METRIC_COMPLAINT_RATE] = { "complaint_rate", "Complaint rate", "complaints ÷ delivered", "delivered", "", 3,
	                            false },
};

int64_t metrics_delivered(const struct metrics *metrics) {
	if (metrics->pool.campaigns)
		return metrics->pool.delivered;
	int64_t delivered = checked_difference(metrics->sent, metrics->bounced);
	return delivered < 0 ? COUNT_NONE : delivered;
}

int64_t metrics_part(const struct metrics *metrics, enum metric metric) {
	if (metrics->pool.campaigns)
		return metrics->pool.part[metric];
	switch (metric) {
	case METRIC_OPEN_RATE:
		return metrics->opened;
	case METRIC_CLICK_RATE:
	case METRIC_CLICK_TO_OPEN_RATE:
		return metrics->clicked;
	case METRIC_BOUNCE_RATE:
		return metrics->bounced;
	case METRIC_UNSUBSCRIBE_RATE:
		return metrics->unsubscribed;
	default:
		return metrics->spam_complaints;
	}
}

int64_t metrics_whole(const struct metrics *metrics, enum metric metric) {
	if (metrics->pool.campaigns)
		return metrics->pool.whole[metric];
	switch (metric) {
	case METRIC_CLICK_TO_OPEN_RATE:
		return metrics->opened;
	case METRIC_BOUNCE_RATE:
	case METRIC_UNSUBSCRIBE_RATE:
		return metrics->sent;
	default:
		return metrics_delivered(metrics);
	}
}

static struct share_of share_in(const struct metrics *metrics, enum metric metric) {
	return (struct share_of){ metrics_part(metrics, metric), metrics_whole(metrics, metric) };
}

struct interval metrics_interval(const struct metrics *metrics, enum metric metric) {
	struct share_of share = share_in(metrics, metric);
	return stats_wilson(share.part, share.whole);
}

struct interval metrics_difference(const struct metrics *now, const struct metrics *before, enum metric metric) {
	return stats_difference(share_in(now, metric), share_in(before, metric), 2);
}

double metrics_rate(const struct metrics *metrics, enum metric metric) {
	int64_t whole = metrics_whole(metrics, metric), part = metrics_part(metrics, metric);
	return share_percent(part, whole);
}

double metric_or_zero(double number) {
	return isnan(number) ? 0 : number;
}

void metrics_put_rates(struct value *map, const struct metrics *metrics) {
	struct value *rates = value_put(map, "rates", value_map(map->arena));
	for (int i = 0; i < METRIC_COUNT; i++)
		value_put_real(rates, metric_rows[i].key, metric_or_zero(metrics_rate(metrics, (enum metric)i)));
}

static int64_t *counter(struct metrics *metrics, int i) {
	return (int64_t *)(void *)((char *)metrics + metrics_fields[i].offset);
}

static int64_t counter_of(const struct metrics *metrics, int i) {
	return *(const int64_t *)(const void *)((const char *)metrics + metrics_fields[i].offset);
}

void metrics_add(struct metrics *sum, const struct metrics *one) {
	checked_add(&sum->pool.delivered, metrics_delivered(one));
	for (int m = 0; m < METRIC_COUNT; m++) {
		int64_t part = metrics_part(one, (enum metric)m), whole = metrics_whole(one, (enum metric)m);
		if (part == COUNT_NONE || whole == COUNT_NONE || part > whole)
			continue;
		checked_add(&sum->pool.part[m], part);
		checked_add(&sum->pool.whole[m], whole);
	}
	sum->pool.campaigns += one->pool.campaigns ? one->pool.campaigns : 1;
	for (int i = 0; i < metrics_record.count; i++)
		checked_add(counter(sum, i), counter_of(one, i));
}

bool metrics_equal(const struct metrics *a, const struct metrics *b) {
	for (int i = 0; i < metrics_record.count; i++)
		if (counter_of(a, i) != counter_of(b, i))
			return false;
	return true;
}

void metrics_complete(struct metrics *metrics, const struct metrics *known) {
	metrics->bounced = COUNT_NONE;
	for (int i = 0; known && i < metrics_record.count; i++)
		if (counter_of(metrics, i) == COUNT_NONE)
			*counter(metrics, i) = counter_of(known, i);
	if (metrics->bounced_hard != COUNT_NONE && metrics->bounced_soft != COUNT_NONE)
		metrics->bounced = checked_sum(metrics->bounced_hard, metrics->bounced_soft);
}

const char *metrics_decreased(const struct metrics *before, const struct metrics *now) {
	for (int i = 0; i < metrics_record.count; i++)
		if (counter_of(before, i) != COUNT_NONE && counter_of(now, i) != COUNT_NONE &&
		    counter_of(now, i) < counter_of(before, i))
			return metrics_fields[i].name;
	return NULL;
}

const struct limit_row limit_rows[LIMIT_COUNT] = {
	[LIMIT_COMPLAINTS] = { "Complaint rate", "0.10\u00a0%", "Gmail and Yahoo block senders from 0.30\u00a0%", 0.10, 3 },
	[LIMIT_HARD_BOUNCES] = { "Hard bounce rate", "2\u00a0%", "", 2, 2 },
	[LIMIT_UNSUBSCRIBES] = { "Unsubscribe rate", "0.50\u00a0%", "", 0.5, 2 },
};

int metrics_broken_limits(const struct metrics *metrics, struct broken_limit broken[LIMIT_COUNT]) {
	const int64_t delivered = metrics_delivered(metrics);
	const int64_t parts[LIMIT_COUNT] = { metrics->spam_complaints, metrics->bounced_hard, metrics->unsubscribed };
	const int64_t wholes[LIMIT_COUNT] = { delivered, metrics->sent, metrics->sent };
	int count = 0;
	for (int i = 0; delivered >= METRICS_FEW && i < LIMIT_COUNT; i++) {
		double percent = share_percent(parts[i], wholes[i]);
		if (percent >= limit_rows[i].percent)
			broken[count++] = (struct broken_limit){ (enum limit)i, parts[i], wholes[i], percent };
	}
	return count;
}

const char *metrics_alarm(struct arena *arena, const struct metrics *metrics) {
	struct broken_limit broken[LIMIT_COUNT];
	int count = metrics_broken_limits(metrics, broken);
	BUF_AUTO out = { 0 };
	for (int i = 0; i < count; i++) {
		const struct limit_row *row = &limit_rows[broken[i].limit];
		char first = row->name[0];
		buf_print(&out, "%s%c%s %.*f\u00a0%%, limit %s", i ? "; " : "", i ? first - 'A' + 'a' : first, row->name + 1,
		          row->decimals, broken[i].percent, row->words);
	}
	return count ? arena_copy(arena, buf_text(&out)) : NULL;
}

const char *metric_text(struct arena *arena, enum metric metric, double percent) {
	return isnan(percent) ? "–" : arena_print(arena, "%.*f\u00a0%%", metric_rows[metric].decimals, percent);
}

const char *metric_points_text(struct arena *arena, enum metric metric, double now, double before) {
	int decimals = metric_rows[metric].decimals;
	double change = change_points(now, before);
	if (isnan(change))
		return NULL;
	if (fabs(change) < 0.5 * pow(10, -decimals))
		return "no change";
	return arena_print(arena, "%s %.*f\u00a0pp", change > 0 ? "↑" : "↓", decimals, fabs(change));
}

const char *metric_count_change_text(struct arena *arena, int64_t now, int64_t before) {
	bool known = now != COUNT_NONE && before != COUNT_NONE;
	double change = known ? change_percent((double)now, (double)before) : NAN;
	if (isnan(change))
		return NULL;
	if (fabs(change) < 0.05)
		return "no change";
	const char *arrow = change > 0 ? "↑" : "↓";
	return fabs(change) < 1000
	           ? arena_print(arena, "%s %.1f\u00a0%%", arrow, fabs(change))
	           : arena_print(arena, "%s %s\u00a0%%", arrow, text_of_count(arena, (int64_t)llround(change)));
}

const char *metric_change_text(struct arena *arena, double now, double before, bool points) {
	double change = points ? change_points(now, before) : change_percent(now, before);
	if (isnan(change))
		return NULL;
	if (fabs(change) < 0.005)
		return "no change";
	return arena_print(arena, "%s %.2f\u00a0%s", change > 0 ? "▲" : "▼", fabs(change), points ? "pp" : "%");
}
