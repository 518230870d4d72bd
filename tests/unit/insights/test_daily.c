/* Daily figures. */
#include <criterion/criterion.h>
#include <math.h>

#include "core/base/calendar.h"
#include "insights/daily.h"

#define SENT ((struct moment){ 1000 * DAY_MS + 22 * HOUR_MS })

static struct campaign campaign(void) {
	struct campaign one;
	record_clear(&campaign_record, &one);
	one.id = "aaaaaaaaaaaaaaaaaaaaaaaa";
	one.has_report = true;
	one.sent_at = SENT;
	one.current_metrics = (struct metrics){
		.sent = 1000, .bounced = 10, .opened = 7, .clicked = 3, .unsubscribed = 137
	};
	return one;
}

static struct daily sum_of(const struct rows *lines) {
	const struct daily_line *items = lines->items;
	struct daily sum = { 0 };
	for (int i = 0; i < lines->count && items[i].kind != DAILY_SUMMARY; i++) {
		sum.emails_sent += items[i].figures.emails_sent;
		sum.emails_delivered += items[i].figures.emails_delivered;
		sum.emails_opened += items[i].figures.emails_opened;
		sum.emails_clicked += items[i].figures.emails_clicked;
		sum.emails_bounced += items[i].figures.emails_bounced;
		sum.emails_unsubscribed += items[i].figures.emails_unsubscribed;
	}
	return sum;
}

static void expect_sum(const struct campaign *one, const struct growth *growth) {
	ARENA_AUTO arena = arena_new();
	struct rows lines = daily_lines(one, growth, arena);
	const struct daily_line *last = &((const struct daily_line *)lines.items)[lines.count - 1];
	struct daily sum = sum_of(&lines);
	cr_expect_eq(last->kind, (unsigned)DAILY_SUMMARY);
	cr_expect(sum.emails_sent == 1000 && sum.emails_delivered == 990 && sum.emails_opened == 7);
	cr_expect(sum.emails_clicked == 3 && sum.emails_bounced == 10 && sum.emails_unsubscribed == 137);
	cr_expect(last->figures.emails_unsubscribed == 137 && last->figures.emails_opened == 7);
}

Test(daily, every_event_is_on_its_day_and_the_rows_add_up_to_the_summary) {
	ARENA_AUTO arena = arena_new();
	struct campaign one = campaign();
	int64_t opened[] = { SENT.ms - DAY_MS, SENT.ms, SENT.ms + HOUR_MS, SENT.ms + 3 * HOUR_MS, SENT.ms + 50 * HOUR_MS },
			clicked[] = { SENT.ms + 3 * HOUR_MS, SENT.ms + 4 * HOUR_MS, SENT.ms + 5 * HOUR_MS, SENT.ms + DAY_MS },
			bounced[] = { SENT.ms, SENT.ms + 3 * HOUR_MS };
	struct growth growth = { .since = SENT,
		                     .opened = named_of_times(opened, 5, 0, SENT, arena),
		                     .clicked = named_of_times(clicked, 4, 0, SENT, arena),
		                     .bounced = named_of_times(bounced, 2, 0, SENT, arena),
		                     .unsubscribed = named_of_times(NULL, 0, 130, SENT, arena) };
	expect_sum(&one, &growth);
	struct rows rows = daily_lines(&one, &growth, arena);
	const struct daily_line *lines = rows.items;
	cr_assert_eq(rows.count, 7); /* four days, without a date, difference, summary */
	cr_expect(lines[0].figures.date.ms == 999 * DAY_MS && lines[0].figures.emails_opened == 1);
	cr_expect(lines[0].figures.emails_sent == 0 && lines[1].figures.emails_sent == 1000);
	cr_expect(lines[1].figures.emails_opened == 2 && lines[1].figures.emails_bounced == 1);
	cr_expect(lines[2].figures.emails_opened == 1 && lines[2].figures.emails_clicked == 4);
	cr_expect(lines[3].figures.date.ms == 1003 * DAY_MS && lines[3].figures.emails_opened == 1);
	cr_expect_float_eq(lines[3].figures.open_rate, 100.0 * 5 / 990, 1e-9);
	cr_expect(lines[4].kind == DAILY_UNDATED && lines[4].figures.emails_unsubscribed == 130);
	cr_expect(lines[5].kind == DAILY_DIFFERENCE && lines[5].figures.emails_unsubscribed == 7);
	cr_expect(lines[5].figures.emails_opened == 2 && lines[5].figures.emails_clicked == -1);
	cr_expect_eq(daily_of(&one, &growth, (struct moment){ 1010 * DAY_MS }, arena).emails_unsubscribed, 0);
}

Test(daily, without_any_report_nothing_is_on_a_day_but_the_sending) {
	ARENA_AUTO arena = arena_new();
	struct campaign one = campaign();
	expect_sum(&one, NULL);
	struct value *map = value_map(arena);
	daily_put_undated(map, &one, NULL);
	const struct value *undated = value_get(map, "undated");
	cr_expect_eq(value_get_int(undated, "emails_unsubscribed", -1), 137);
	cr_expect_eq(value_get_int(undated, "emails_opened", -1), 7);
	cr_expect_eq(value_get_int(undated, "emails_sent", -1), 0);
	cr_expect_eq(daily_first(&one, NULL).ms, 1000 * DAY_MS);
	one.sent_at = MOMENT_NONE;
	expect_sum(&one, NULL);
	cr_expect_not(moment_is_set(daily_first(&one, NULL)));
}

/* What the summary does not count is unknown, not 0. */
Test(daily, an_unknown_counter_stays_unknown) {
	ARENA_AUTO arena = arena_new();
	struct campaign one = campaign();
	one.current_metrics.bounced = one.current_metrics.bounced_hard = one.current_metrics.bounced_soft = COUNT_NONE;
	struct rows rows = daily_lines(&one, NULL, arena);
	const struct daily_line *lines = rows.items;
	cr_expect_eq(lines[0].figures.emails_delivered, COUNT_NONE);
	cr_expect_eq(lines[rows.count - 1].figures.emails_bounced, COUNT_NONE);
	struct value *map = value_map(arena);
	daily_put_undated(map, &one, NULL);
	cr_expect_eq(value_get(value_get(map, "undated"), "emails_bounced")->kind, VALUE_NULL);
}

Test(daily, what_is_unknown_is_null_without_a_date_too) {
	ARENA_AUTO arena = arena_new();
	struct campaign one = campaign();
	one.current_metrics.opened = COUNT_NONE;
	one.sent_at = MOMENT_NONE;
	struct value *map = value_map(arena);
	daily_put_undated(map, &one, NULL);
	const struct value *rest = value_get(map, "undated");
	cr_expect_eq(value_get(rest, "emails_opened")->kind, VALUE_NULL);
	cr_expect_eq(value_get_int(rest, "emails_unsubscribed", -1), 137);
}

/* A report that was never read is absent in what is stored: it names nobody, and the rows still add up. */
Test(daily, reports_that_were_not_read_name_nobody) {
	ARENA_AUTO arena = arena_new();
	struct campaign one = campaign();
	int64_t opened[] = { SENT.ms };
	struct growth growth;
	record_clear(&growth_record, &growth);
	growth.since = SENT;
	growth.opened = named_of_times(opened, 1, 0, SENT, arena);
	named_unpack(&growth.clicked, SENT, arena);
	named_unpack(&growth.bounced, SENT, arena);
	named_unpack(&growth.unsubscribed, SENT, arena);
	named_unpack(&growth.complained, SENT, arena);
	expect_sum(&one, &growth);
	struct value *map = value_map(arena);
	daily_put_undated(map, &one, &growth);
	const struct value *rest = value_get(map, "undated");
	cr_expect_eq(value_get_int(rest, "emails_opened", -1), 6);
	cr_expect_eq(value_get_int(rest, "emails_unsubscribed", -1), 137);
	one.current_metrics = (struct metrics){ .sent = 1000, .opened = 1 };
	cr_expect_eq(daily_lines(&one, &growth, arena).count, 2, "no row of nothing but zeros");
}

Test(daily, a_rate_without_a_denominator_is_none) {
	ARENA_AUTO arena = arena_new();
	struct campaign one = campaign();
	one.current_metrics = (struct metrics){ .sent = 1000, .opened = 7, .bounced = COUNT_NONE };
	struct daily day = daily_of(&one, NULL, day_start(SENT), arena);
	cr_expect(isnan(day.open_rate) && isnan(day.click_rate) && day.unsubscribe_rate == 0);
	cr_expect_eq(daily_for_json(day).open_rate, 0);
	one.current_metrics.sent = 0;
	cr_expect(isnan(daily_of(&one, NULL, day_start(SENT), arena).bounce_rate));
}
