/* Daily figures of a campaign, as JSON. */
#include "campaigns/campaign.h"
#include "console/campaign_address.h"
#include "console/campaign_pages.h"
#include "core/base/calendar.h"
#include "insights/daily.h"
#include "insights/peers.h"

enum { DAYS_USUAL = 30, DAYS_MAX = 3650 };

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
	    !curve_find(x->store, campaign.id, x->arena, &curve, err) ||
	    !peers_find_growths(x->store, &campaign, x->arena, &nobody, &growth, err))
		return false;
	struct daily *rows = arena_array(x->arena, struct daily, days);
	struct moment today = day_start(x->now), day = moment_add(today, -(days - 1) * DAY_MS);
	if (moment_is_set(campaign.sent_at) && day_start(campaign.sent_at).ms > day.ms)
		day = day_start(campaign.sent_at);
	for (; campaign.has_report && day.ms <= today.ms; day = moment_add(day, DAY_MS))
		rows[count++] = daily_of(&campaign, &curve, growth, day, x->arena);
	return reply_rows(x, &daily_record, (struct rows){ rows, count });
}
