/* Daily figures of a campaign. */
#include "insights/daily.h"

#include <string.h>

#include "core/base/calendar.h"
#include "core/base/checked.h"
#include "metrics/share.h"

static const struct field day_fields[] = {
	FIELD(struct daily, id),
	FIELD(struct daily, campaign_id),
	FIELD(struct daily, date, .doc = "Midnight UTC of the day"),
	FIELD(struct daily, emails_sent, .unit = "people"),
	FIELD(struct daily, emails_delivered, .unit = "people"),
	FIELD(struct daily, emails_opened, .unit = "people",
	      .doc = "Who opened for the first time, automated opens included"),
	FIELD(struct daily, emails_clicked, .unit = "people", .doc = "Who clicked for the first time"),
	FIELD(struct daily, emails_bounced, .unit = "people"),
	FIELD(struct daily, emails_unsubscribed, .unit = "people"),
	FIELD(struct daily, open_rate, .unit = "% of delivered", .doc = "Up to the end of that day"),
	FIELD(struct daily, click_rate, .unit = "% of delivered", .doc = "Up to the end of that day"),
	FIELD(struct daily, bounce_rate, .unit = "% of sent"),
	FIELD(struct daily, unsubscribe_rate, .unit = "% of sent", .doc = "Up to the end of that day"),
};
const struct record_type daily_record = RECORD_TYPE("DailyAnalytics", struct daily, day_fields);

/* The newest point of the curve up to `at`; all 0 before the first. */
static struct curve_point point_until(const struct curve *curve, struct moment at) {
	const struct curve_point *points = curve->points.items;
	struct curve_point last = { 0 };
	for (int i = 0; i < curve->points.count && points[i].time.ms <= at.ms; i++)
		last = points[i];
	return last;
}

/* People up to `at`: from the times in contact reports if they have been read. */
static struct curve_point people_until(const struct curve *curve, const struct growth *growth, struct moment at) {
	struct curve_point point = point_until(curve, at);
	if (growth) {
		point.opened = growth_until(&growth->opened, at);
		point.clicked = growth_until(&growth->clicked, at);
	}
	return point;
}

static double percent(int64_t part, int64_t whole) {
	return metric_or_zero(share_percent(part, whole));
}

struct daily daily_of(const struct campaign *campaign, const struct curve *curve, const struct growth *growth,
                      struct moment day, struct arena *arena) {
	char text[MOMENT_TEXT];
	const struct metrics *metrics = &campaign->current_metrics;
	struct curve_point before = people_until(curve, growth, moment_add(day, -1)),
					   after = people_until(curve, growth, moment_add(day, DAY_MS - 1));
	bool first = day_start(campaign->sent_at).ms == day.ms;
	int64_t delivered = metrics_delivered(metrics);
	return (struct daily){
		.id = arena_print(arena, "analytics_%s_%s", campaign->id, moment_format_day(day, text)),
		.campaign_id = arena_print(arena, "campaign_%s", campaign->id),
		.date = day,
		.emails_sent = first ? metrics->sent : 0,
		.emails_delivered = first ? delivered : 0,
		.emails_opened = checked_difference(after.opened, before.opened),
		.emails_clicked = checked_difference(after.clicked, before.clicked),
		.emails_bounced = first ? metrics->bounced : 0,
		.emails_unsubscribed = checked_difference(after.unsubscribed, before.unsubscribed),
		.open_rate = percent(after.opened, delivered),
		.click_rate = percent(after.clicked, delivered),
		.bounce_rate = percent(metrics->bounced, metrics->sent),
		.unsubscribe_rate = percent(after.unsubscribed, metrics->sent),
	};
}
