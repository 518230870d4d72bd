/* Who joined and who left in a period. */
#include <criterion/criterion.h>

#include "insights/list_trend.h"

/* 4 January 2027, a Monday. */
static struct moment monday(int weeks) {
	return moment_add(date_start((struct date){ 2027, 1, 4 }), weeks * WEEK_MS);
}

static struct period span(int from, int to) {
	return (struct period){ "custom", monday(from), monday(to) };
}

/* Week i: 10 + i joined, i % 3 unsubscribed, 1 bounced. */
static struct rows weeks(struct list_week *items, int count) {
	for (int i = 0; i < count; i++)
		items[i] = (struct list_week){ .week = monday(i), .joined = 10 + i, .unsubscribed = i % 3, .bounced = 1 };
	return (struct rows){ items, count };
}

Test(list_trend, sums_the_weeks_that_begin_in_the_period) {
	ARENA_AUTO arena = arena_new();
	struct list_week items[20];
	struct rows all = weeks(items, 20);
	struct period period = { "custom", moment_add(monday(16), DAY_MS), moment_add(monday(18), DAY_MS) };
	struct list_trend trend = list_trend_of(&all, &period, NULL, arena);
	const struct list_week *shown = trend.weeks.items;
	cr_assert_eq(trend.weeks.count, 2);
	cr_expect(shown[0].week.ms == monday(17).ms && shown[1].week.ms == monday(18).ms);
	cr_expect_eq(trend.total.joined, 27 + 28);
	cr_expect_eq(list_week_left(&trend.total), 2 + 0 + 2);
	cr_expect_eq(list_week_net(&trend.total), 51);
	cr_expect(!trend.has_before);
}

Test(list_trend, adds_lists_and_fills_weeks_in_which_nothing_happened) {
	ARENA_AUTO arena = arena_new();
	struct list_week items[] = { { .week = monday(0), .joined = 3 },
		                         { .week = monday(2), .joined = 4 },
		                         { .week = monday(0), .joined = 5, .complained = 1 } };
	struct rows all = { items, 3 };
	struct period period = span(0, 4);
	struct list_trend trend = list_trend_of(&all, &period, NULL, arena);
	const struct list_week *shown = trend.weeks.items;
	cr_assert_eq(trend.weeks.count, 4);
	cr_expect(shown[0].joined == 8 && shown[1].joined == 0 && shown[2].joined == 4 && shown[3].joined == 0);
	cr_expect_eq(list_week_net(&trend.total), 11);
}

Test(list_trend, compares_as_many_weeks_and_judges_by_earlier_spans) {
	ARENA_AUTO arena = arena_new();
	struct list_week items[20];
	struct rows all = weeks(items, 20);
	struct period period = span(18, 20), before = span(16, 18);
	struct list_trend trend = list_trend_of(&all, &period, &before, arena);
	cr_expect(trend.has_before && trend.before.joined == 26 + 27);
	cr_expect_eq(trend.usual.count, 9);
	cr_expect_eq(trend.judgement, JUDGED_ABOVE);
	period = span(4, 6);
	cr_expect_eq(list_trend_of(&all, &period, NULL, arena).judgement, JUDGED_NOT, "two spans tell nothing");
}

Test(list_trend, all_of_time_and_nothing_known) {
	ARENA_AUTO arena = arena_new();
	struct list_week items[20];
	struct rows all = weeks(items, 20), none = { 0 };
	struct period ever = { "all", MOMENT_NONE, MOMENT_NONE }, earlier = span(-9, -3);
	cr_expect_eq(list_trend_of(&all, &ever, NULL, arena).weeks.count, 20);
	cr_expect_eq(list_trend_of(&all, &earlier, NULL, arena).weeks.count, 0);
	cr_expect_eq(list_trend_of(&none, &ever, NULL, arena).weeks.count, 0);
}

/* Its last week goes on until the Monday after it. */
Test(list_trend, is_not_judged_while_its_last_week_goes_on) {
	ARENA_AUTO arena = arena_new();
	struct list_week items[20];
	struct rows all = weeks(items, 20), none = { 0 };
	struct period period = span(17, 20);
	struct list_trend trend = list_trend_of(&all, &period, NULL, arena);
	cr_expect(list_trend_goes_on(&trend, moment_add(monday(19), 3 * DAY_MS)));
	cr_expect(list_trend_goes_on(&trend, moment_add(monday(20), -1)));
	cr_expect(!list_trend_goes_on(&trend, monday(20)));
	trend = list_trend_of(&none, &period, NULL, arena);
	cr_expect(!list_trend_goes_on(&trend, monday(19)), "no week is none that goes on");
}
