/* What came in day by day, as JSON. */
#include <string.h>

#include "campaigns/daily.h"
#include "campaigns/pages.h"
#include "campaigns/peers.h"

enum { DAYS_USUAL = 30, DAYS_MAX = 3650 };

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

/* The newest point of the curve up to then; all 0 before the first. */
static struct curve_point point_until(const struct curve *curve, struct moment at) {
	const struct curve_point *points = curve->points.items;
	struct curve_point last = { 0 };
	for (int i = 0; i < curve->points.count && points[i].time.ms <= at.ms; i++)
		last = points[i];
	return last;
}

/* People up to then: by the times of the contact reports where they were read. */
static struct curve_point people_until(const struct curve *curve, const struct growth *growth, struct moment at) {
	struct curve_point point = point_until(curve, at);
	if (growth) {
		point.opened = growth_until(&growth->opened, at);
		point.clicked = growth_until(&growth->clicked, at);
	}
	return point;
}

static double percent(int64_t part, int64_t whole) {
	return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

struct daily daily_of(const struct campaign *campaign, const struct curve *curve, const struct growth *growth,
                      struct moment day, struct arena *arena) {
	char text[MOMENT_TEXT];
	const struct metrics *metrics = &campaign->current_metrics;
	struct curve_point before = people_until(curve, growth, moment_add(day, -1)),
					   after = people_until(curve, growth, moment_add(day, DAY_MS - 1));
	bool first = moment_day(campaign->sent_at).ms == day.ms;
	int64_t delivered = metrics_delivered(metrics);
	return (struct daily){
		.id = arena_print(arena, "analytics_%s_%s", campaign->id, moment_format_day(day, text)),
		.campaign_id = arena_print(arena, "campaign_%s", campaign->id),
		.date = day,
		.emails_sent = first ? metrics->sent : 0,
		.emails_delivered = first ? delivered : 0,
		.emails_opened = after.opened - before.opened,
		.emails_clicked = after.clicked - before.clicked,
		.emails_bounced = first ? metrics->bounced : 0,
		.emails_unsubscribed = after.unsubscribed - before.unsubscribed,
		.open_rate = percent(after.opened, delivered),
		.click_rate = percent(after.clicked, delivered),
		.bounce_rate = percent(metrics->bounced, metrics->sent),
		.unsubscribe_rate = percent(after.unsubscribed, metrics->sent),
	};
}

static bool read_days(const struct exchange *x, int64_t *days, struct error *err) {
	const char *value = params_get(&x->query, "days");
	*days = DAYS_USUAL;
	return text_is_empty(value) || text_to_int(value, 1, DAYS_MAX, days) ||
	       error_field(err, "days", "days must be a number from 1 to %d", DAYS_MAX);
}

bool campaign_daily_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct curve curve;
	struct peers nobody = { 0 };
	const struct growth *growth;
	int64_t days;
	int count = 0;
	if (!read_days(x, &days, err) || !campaign_of_address(x, &campaign, err) ||
	    !curve_find(x->store, campaign.emailoctopus_id, x->arena, &curve, err) ||
	    !peers_find_growths(x->store, &campaign, x->arena, &nobody, &growth, err))
		return false;
	struct daily *rows = arena_array(x->arena, struct daily, days);
	struct moment today = moment_day(moment_now()), day = moment_add(today, -(days - 1) * DAY_MS);
	if (moment_is_set(campaign.sent_at) && moment_day(campaign.sent_at).ms > day.ms)
		day = moment_day(campaign.sent_at);
	for (; campaign.has_report && day.ms <= today.ms; day = moment_add(day, DAY_MS))
		rows[count++] = daily_of(&campaign, &curve, growth, day, x->arena);
	return reply_rows(x, &daily_record, (struct rows){ rows, count });
}
