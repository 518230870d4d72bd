/* The growth of a campaign as CSV: every step, not thinned as for drawing; and its figures at an age. */
#include <math.h>

#include "campaigns/curve.h"
#include "console/campaign_address.h"
#include "console/campaign_growth_view.h"
#include "console/campaign_pages.h"

struct growth_line {
	struct moment time;
	double hours_since_sending;
	int64_t opened, clicked, unsubscribed; /* unsubscribed: known only from what syncs saw */
};
static const struct field line_fields[] = {
	FIELD(struct growth_line, time),         FIELD(struct growth_line, hours_since_sending),
	FIELD(struct growth_line, opened),       FIELD(struct growth_line, clicked),
	FIELD(struct growth_line, unsubscribed),
};
static const struct record_type line_record = RECORD_TYPE("GrowthLine", struct growth_line, line_fields);

static struct growth_line line_of(const struct campaign *campaign, struct curve_point point) {
	double hours = moment_is_set(campaign->sent_at) ? (double)(point.time.ms - campaign->sent_at.ms) / (double)HOUR_MS
	                                                : NAN;
	return (struct growth_line){ point.time, hours, point.opened, point.clicked, point.unsubscribed };
}

/* By the times in contact reports: a line for each at which either count changed. */
static struct rows lines_of_steps(const struct campaign *campaign, const struct growth *growth, struct arena *arena) {
	const struct rows *opens = &growth->opened.steps, *clicks = &growth->clicked.steps;
	const struct step *opened = opens->items, *clicked = clicks->items;
	struct growth_line *lines = arena_array(arena, struct growth_line, opens->count + clicks->count + 1);
	struct curve_point point = { .unsubscribed = COUNT_NONE };
	int i = 0, k = 0, count = 0;
	while (i < opens->count || k < clicks->count) {
		bool open_next = k >= clicks->count || (i < opens->count && opened[i].time.ms <= clicked[k].time.ms);
		point.time = open_next ? opened[i].time : clicked[k].time;
		if (i < opens->count && opened[i].time.ms == point.time.ms)
			point.opened = opened[i++].count;
		if (k < clicks->count && clicked[k].time.ms == point.time.ms)
			point.clicked = clicked[k++].count;
		lines[count++] = line_of(campaign, point);
	}
	return (struct rows){ lines, count };
}

/* By the changes that syncs saw. */
static bool lines_of_curve(struct exchange *x, const struct campaign *campaign, struct rows *lines, struct error *err) {
	struct curve curve;
	if (!curve_find(x->store, campaign->id, x->arena, &curve, err))
		return false;
	const struct curve_point *points = curve.points.items;
	struct growth_line *rows = arena_array(x->arena, struct growth_line, curve.points.count + 1);
	for (int i = 0; i < curve.points.count; i++)
		rows[i] = line_of(campaign, points[i]);
	*lines = (struct rows){ rows, curve.points.count };
	return true;
}

bool campaign_growth_csv(struct exchange *x, struct error *err) {
	struct campaign campaign;
	const struct growth *growth;
	struct rows lines;
	if (!campaign_of_path(x, &campaign, err) || !campaign_find_growth(x, &campaign, &growth, err))
		return false;
	if (growth && moment_is_set(campaign.sent_at) && growth->opened.steps.count + growth->clicked.steps.count > 0)
		lines = lines_of_steps(&campaign, growth, x->arena);
	else if (!lines_of_curve(x, &campaign, &lines, err))
		return false;
	return reply_csv_rows(x, "growth.csv", &line_record, lines);
}

bool campaign_ages_csv(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct peers peers;
	const struct growth *growth;
	if (!campaign_of_path(x, &campaign, err) ||
	    !peers_find(x->store, &campaign, x->now, MOMENT_NONE, x->arena, &peers, err) ||
	    !peers_find_growths(x->store, &campaign, x->arena, &peers, &growth, err))
		return false;
	return reply_csv_rows(x, "same-age.csv", &age_line_record, campaign_age_lines(&campaign, growth, &peers, x->arena));
}
