/* Daily figures of a campaign, as JSON and CSV. */
#include "campaigns/campaign.h"
#include "console/campaign_address.h"
#include "console/campaign_pages.h"
#include "core/base/calendar.h"
#include "core/base/local.h"
#include "insights/daily.h"
#include "insights/peers.h"

enum { DAYS_USUAL = 30, DAYS_MAX = 3650 };

bool campaign_read_days(const struct exchange *x, int64_t *days, struct error *err) {
	const char *value = params_get(&x->query, "days");
	*days = DAYS_USUAL;
	return text_is_empty(value) || text_to_int(value, 1, DAYS_MAX, days) ||
	       error_field(err, "days", "Days must be a number from 1 to %d", DAYS_MAX);
}

bool campaign_find_growth(struct exchange *x, const struct campaign *campaign, const struct growth **growth,
                          struct error *err) {
	struct peers nobody = { 0 };
	return peers_find_growths(x->store, campaign, x->arena, &nobody, growth, err);
}

struct rows campaign_days(struct exchange *x, const struct campaign *campaign, const struct growth *growth,
                          int64_t days) {
	struct daily *rows = arena_array(x->arena, struct daily, days);
	struct moment today = day_start(local_wall(x->now)), day = moment_add(today, -(days - 1) * DAY_MS);
	struct moment first = daily_first(campaign, growth);
	int count = 0;
	if (moment_is_set(first) && first.ms > day.ms)
		day = first;
	for (; campaign->has_report && moment_is_set(first) && day.ms <= today.ms; day = moment_add(day, DAY_MS))
		rows[count++] = daily_of(campaign, growth, day, x->arena);
	return (struct rows){ rows, count };
}

bool campaign_daily_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	const struct growth *growth;
	int64_t days;
	if (!campaign_read_days(x, &days, err) || !campaign_of_path(x, &campaign, err) ||
	    !campaign_find_growth(x, &campaign, &growth, err))
		return false;
	struct rows all = campaign_days(x, &campaign, growth, days);
	struct daily *rows = all.items;
	for (int i = 0; i < all.count; i++)
		rows[i] = daily_for_json(rows[i]);
	return reply_rows(x, &daily_record, all);
}

struct day_line {
	unsigned row;
	const char *date;
	int64_t sent, delivered, opened, clicked, bounced, unsubscribed;
	double open_rate_percent, click_rate_percent, bounce_rate_percent, unsubscribe_rate_percent;
};
static const struct field day_line_fields[] = {
	FIELD(struct day_line, row, .choices = &daily_kinds),
	FIELD(struct day_line, date),
	FIELD(struct day_line, sent),
	FIELD(struct day_line, delivered),
	FIELD(struct day_line, opened),
	FIELD(struct day_line, clicked),
	FIELD(struct day_line, bounced),
	FIELD(struct day_line, unsubscribed),
	FIELD(struct day_line, open_rate_percent),
	FIELD(struct day_line, click_rate_percent),
	FIELD(struct day_line, bounce_rate_percent),
	FIELD(struct day_line, unsubscribe_rate_percent),
};
static const struct record_type day_line_record = RECORD_TYPE("DayLine", struct day_line, day_line_fields);

bool campaign_days_csv(struct exchange *x, struct error *err) {
	struct campaign campaign;
	const struct growth *growth;
	char day[MOMENT_TEXT];
	if (!campaign_of_path(x, &campaign, err) || !campaign_find_growth(x, &campaign, &growth, err))
		return false;
	struct rows lines = daily_lines(&campaign, growth, x->arena);
	const struct daily_line *items = lines.items;
	record_to_csv_head(&day_line_record, &x->body);
	for (int i = 0; campaign.has_report && i < lines.count; i++) {
		const struct daily *d = &items[i].figures;
		struct day_line line = { items[i].kind,     items[i].kind == DAILY_DAY ? moment_format_day(d->date, day) : NULL,
			                     d->emails_sent,    d->emails_delivered,
			                     d->emails_opened,  d->emails_clicked,
			                     d->emails_bounced, d->emails_unsubscribed,
			                     d->open_rate,      d->click_rate,
			                     d->bounce_rate,    d->unsubscribe_rate };
		record_to_csv(&day_line_record, &line, &x->body);
	}
	return reply_csv(x, "days.csv");
}
