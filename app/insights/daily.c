/* Daily figures of a campaign. */
#include "insights/daily.h"

#include "core/base/checked.h"
#include "core/base/local.h"
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
static const char *const kind_names[] = {
	[DAILY_DAY] = "day",
	[DAILY_UNDATED] = "without a date",
	[DAILY_DIFFERENCE] = "difference to the summary",
	[DAILY_SUMMARY] = "summary",
};
_Static_assert(sizeof kind_names / sizeof *kind_names == DAILY_KIND_COUNT, "a name a kind");
const struct choices daily_kinds = CHOICES(kind_names);

const struct record_type daily_record = RECORD_TYPE("DailyAnalytics", struct daily, day_fields);

/* People on a day, and up to its end. */
struct on_day {
	int64_t that, until;
};

static struct on_day people_on(const struct growth *growth, enum response response, struct moment day) {
	struct on_day people = { 0, 0 };
	const struct rows *rows = growth ? &growth_named(growth, response)->days : &(struct rows){ 0 };
	const struct growth_day *days = rows->items;
	for (int i = 0; i < rows->count && days[i].day.ms <= day.ms; i++) {
		people.that = days[i].day.ms == day.ms ? days[i].people : 0;
		people.until += days[i].people;
	}
	return people;
}

struct daily daily_of(const struct campaign *campaign, const struct growth *growth, struct moment day,
                      struct arena *arena) {
	char text[MOMENT_TEXT];
	const struct metrics *metrics = &campaign->current_metrics;
	struct on_day people[RESPONSE_COUNT];
	bool first = moment_is_set(campaign->sent_at) && day_start(local_wall(campaign->sent_at)).ms == day.ms;
	int64_t delivered = metrics_delivered(metrics);
	for (int i = 0; i < RESPONSE_COUNT; i++)
		people[i] = people_on(growth, (enum response)i, day);
	return (struct daily){
		.id = arena_print(arena, "analytics_%s_%s", campaign->id, moment_format_day(day, text)),
		.campaign_id = arena_print(arena, "campaign_%s", campaign->id),
		.date = day,
		.emails_sent = first ? metrics->sent : 0,
		.emails_delivered = first ? delivered : 0,
		.emails_opened = people[RESPONSE_OPENED].that,
		.emails_clicked = people[RESPONSE_CLICKED].that,
		.emails_bounced = people[RESPONSE_BOUNCED].that,
		.emails_unsubscribed = people[RESPONSE_UNSUBSCRIBED].that,
		.open_rate = share_percent(people[RESPONSE_OPENED].until, delivered),
		.click_rate = share_percent(people[RESPONSE_CLICKED].until, delivered),
		.bounce_rate = share_percent(people[RESPONSE_BOUNCED].until, metrics->sent),
		.unsubscribe_rate = share_percent(people[RESPONSE_UNSUBSCRIBED].until, metrics->sent),
	};
}

struct daily daily_for_json(struct daily day) {
	double *const rates[] = { &day.open_rate, &day.click_rate, &day.bounce_rate, &day.unsubscribe_rate };
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		*rates[i] = metric_or_zero(*rates[i]);
	return day;
}

static void earlier(struct moment *first, struct moment at) {
	if (moment_is_set(at) && (!moment_is_set(*first) || at.ms < first->ms))
		*first = at;
}

/* The first of the days after `after` (MOMENT_NONE: of all) on which something counts. */
static struct moment next_day(const struct campaign *campaign, const struct growth *growth, struct moment after) {
	struct moment first = MOMENT_NONE, sent = MOMENT_NONE;
	if (moment_is_set(campaign->sent_at))
		sent = day_start(local_wall(campaign->sent_at));
	if (!moment_is_set(after) || (moment_is_set(sent) && sent.ms > after.ms))
		earlier(&first, sent);
	for (int i = 0; growth && i <= RESPONSE_UNSUBSCRIBED; i++) {
		const struct rows *rows = &growth_named(growth, (enum response)i)->days;
		const struct growth_day *days = rows->items;
		int k = 0;
		while (k < rows->count && moment_is_set(after) && days[k].day.ms <= after.ms)
			k++;
		earlier(&first, k < rows->count ? days[k].day : MOMENT_NONE);
	}
	return first;
}

struct moment daily_first(const struct campaign *campaign, const struct growth *growth) {
	return next_day(campaign, growth, MOMENT_NONE);
}

static struct daily no_day(void) {
	struct daily row;
	record_clear(&daily_record, &row);
	return row;
}

static int64_t *count_of(struct daily *row, enum response response) {
	int64_t *const counts[] = { &row->emails_opened, &row->emails_clicked, &row->emails_bounced,
		                        &row->emails_unsubscribed };
	return counts[response];
}

static struct daily undated_of(const struct campaign *campaign, const struct growth *growth) {
	struct daily row = no_day();
	bool dated = moment_is_set(campaign->sent_at);
	row.emails_sent = dated ? 0 : campaign->current_metrics.sent;
	row.emails_delivered = dated ? 0 : metrics_delivered(&campaign->current_metrics);
	for (int i = 0; i <= RESPONSE_UNSUBSCRIBED; i++)
		*count_of(&row, (enum response)i) = growth ? growth_named(growth, (enum response)i)->undated : 0;
	return row;
}

static struct daily difference_of(const struct campaign *campaign, const struct growth *growth) {
	struct daily row = no_day();
	row.emails_sent = row.emails_delivered = 0;
	for (int i = 0; i <= RESPONSE_UNSUBSCRIBED; i++)
		*count_of(&row,
		          (enum response)i) = checked_difference(campaign_counted(campaign, (enum response)i),
		                                                 growth ? growth_named(growth, (enum response)i)->people : 0);
	return row;
}

static struct daily total_of(const struct campaign *campaign) {
	const struct metrics *metrics = &campaign->current_metrics;
	int64_t delivered = metrics_delivered(metrics);
	struct daily row = no_day();
	row.emails_sent = metrics->sent;
	row.emails_delivered = delivered;
	for (int i = 0; i <= RESPONSE_UNSUBSCRIBED; i++)
		*count_of(&row, (enum response)i) = campaign_counted(campaign, (enum response)i);
	row.open_rate = share_percent(metrics->opened, delivered);
	row.click_rate = share_percent(metrics->clicked, delivered);
	row.bounce_rate = share_percent(metrics->bounced, metrics->sent);
	row.unsubscribe_rate = share_percent(metrics->unsubscribed, metrics->sent);
	return row;
}

static bool is_empty(const struct daily *row) {
	return row->emails_sent == 0 && row->emails_delivered == 0 && row->emails_opened == 0 && row->emails_clicked == 0 &&
	       row->emails_bounced == 0 && row->emails_unsubscribed == 0;
}

struct rows daily_lines(const struct campaign *campaign, const struct growth *growth, struct arena *arena) {
	const struct daily rest[] = { undated_of(campaign, growth), difference_of(campaign, growth) };
	int room = 4, count = 0;
	for (int i = 0; growth && i < RESPONSE_COUNT; i++)
		room += growth_named(growth, (enum response)i)->days.count;
	struct daily_line *lines = arena_array(arena, struct daily_line, (size_t)room);
	for (struct moment day = daily_first(campaign, growth); moment_is_set(day); day = next_day(campaign, growth, day))
		lines[count++] = (struct daily_line){ DAILY_DAY, daily_of(campaign, growth, day, arena) };
	for (unsigned kind = DAILY_UNDATED; kind <= DAILY_DIFFERENCE; kind++)
		if (!is_empty(&rest[kind - DAILY_UNDATED]))
			lines[count++] = (struct daily_line){ kind, rest[kind - DAILY_UNDATED] };
	lines[count++] = (struct daily_line){ DAILY_SUMMARY, total_of(campaign) };
	return (struct rows){ lines, count };
}

/* Null if one of them is unknown. */
static void put_both(struct value *map, const char *name, int64_t one, int64_t other) {
	bool known = one != COUNT_NONE && other != COUNT_NONE;
	(void)value_put(map, name, known ? value_int(map->arena, checked_sum(one, other)) : value_null(map->arena));
}

void daily_put_undated(struct value *map, const struct campaign *campaign, const struct growth *growth) {
	struct daily undated = undated_of(campaign, growth), difference = difference_of(campaign, growth);
	struct value *rest = value_put(map, "undated", value_map(map->arena));
	put_both(rest, "emails_sent", undated.emails_sent, 0);
	put_both(rest, "emails_delivered", undated.emails_delivered, 0);
	for (int i = 0; i <= RESPONSE_UNSUBSCRIBED; i++)
		put_both(rest, arena_print(map->arena, "emails_%s", responses.names[i]),
		         *count_of(&difference, (enum response)i), *count_of(&undated, (enum response)i));
}
