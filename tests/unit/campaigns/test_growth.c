/* Growth by the times in contact reports. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "campaigns/curve.h"
#include "campaigns/growth.h"
#include "core/base/local.h"
#include "unit/support.h"

static const struct moment start = { 1000 * DAY_MS + 17 * 1000 };

/* A campaign with 1,000 delivered whose reports were read at these counts, three days old. */
static struct campaign campaign(int64_t opened) {
	struct campaign one;
	record_clear(&campaign_record, &one);
	one.has_report = true;
	one.sent_at = start;
	one.current_metrics = (struct metrics){ .sent = 1000, .opened = opened };
	one.engagement_read.opened = opened;
	one.summary_read_at = moment_add(start, 3 * DAY_MS);
	return one;
}

Test(growth, values_at_an_age_are_exact) {
	ARENA_AUTO arena = arena_new();
	enum { PEOPLE = 1000 };
	int64_t times[PEOPLE];
	for (int i = 0; i < PEOPLE; i++)
		times[PEOPLE - 1 - i] = start.ms + (int64_t)i * 3 * MINUTE_MS;
	struct growth growth = { .since = start, .opened = named_of_times(times, PEOPLE, 0, start, arena) };
	struct campaign one = campaign(PEOPLE);
	for (int hour = 0; hour <= 48; hour++) {
		cr_expect_eq(growth_until(&growth.opened.steps, moment_add(start, hour * HOUR_MS)), 20 * hour + 1);
		cr_expect_float_eq(growth_share(&growth, &one, hour * HOUR_MS, RESPONSE_OPENED), (20 * hour + 1) / 10.0, 1e-9);
	}
}

Test(growth, thinning_is_bounded_and_ends_with_everybody) {
	ARENA_AUTO arena = arena_new();
	enum { PEOPLE = 50000 };
	int64_t *times = arena_array(arena, int64_t, PEOPLE);
	srand(11);
	for (int i = 0; i < PEOPLE; i++)
		times[i] = start.ms + (int64_t)(-log(1 - rand() / (RAND_MAX + 1.0)) * 9 * HOUR_MS);
	struct named named = named_of_times(times, PEOPLE, 0, start, arena);
	struct rows thin = growth_thinned(&named.steps, start, arena);
	const struct step *items = thin.items, *all = named.steps.items;
	cr_assert(thin.count > 20 && thin.count <= CURVE_MAX && thin.count < named.steps.count);
	cr_expect(items[thin.count - 1].count == PEOPLE);
	cr_expect_eq(items[thin.count - 1].time.ms, all[named.steps.count - 1].time.ms);
	for (int i = 1; i < thin.count; i++)
		cr_assert(items[i].time.ms > items[i - 1].time.ms && items[i].count > items[i - 1].count);
	cr_expect_eq(growth_until(&named.steps, moment_add(start, -1)), 0);
	cr_expect_eq(growth_until(&named.steps, moment_add(start, 1000 * DAY_MS)), PEOPLE);
	cr_expect_eq(named_of_times(times, 0, 0, start, arena).steps.count, 0);
}

Test(growth, what_is_stored_gives_the_same_steps) {
	ARENA_AUTO arena = arena_new();
	int64_t times[] = { start.ms + 90 * 1000, start.ms + MINUTE_MS, start.ms + 1, start.ms + 59 * MINUTE_MS };
	struct named named = named_of_times(times, 4, 2, start, arena), again = named;
	cr_expect_str_eq(named.ages, "1:2 1 57");
	cr_expect(named.people == 6 && named.undated == 2 && named.early == 0);
	named_unpack(&again, start, arena);
	const struct step *steps = again.steps.items;
	cr_assert_eq(again.steps.count, 3);
	cr_expect(steps[0].count == 2 && steps[1].count == 3 && steps[2].count == 4);
	cr_expect_eq(steps[2].time.ms, start.ms + 59 * MINUTE_MS);
}

/* Events before the sending count on their own day, and at age 0. */
Test(growth, before_the_sending) {
	ARENA_AUTO arena = arena_new();
	int64_t times[] = { start.ms + 9 * HOUR_MS, start.ms - 2 * DAY_MS };
	struct growth growth = { .since = start, .opened = named_of_times(times, 2, 0, start, arena) };
	struct campaign one = campaign(2);
	const struct growth_day *days = growth.opened.days.items;
	growth.opened.read_at = one.summary_read_at;
	cr_expect_eq(growth.opened.early, 1);
	cr_expect_eq(growth_until(&growth.opened.steps, start), 1);
	cr_expect(growth.opened.days.count == 2 && days[0].day.ms == 998 * DAY_MS && days[0].people == 1);
	const char *gap = growth_gap(&growth, &one, RESPONSE_OPENED, arena);
	cr_expect(gap && strstr(gap, "before the sending"), "%s", gap ? gap : "-");
}

static void reset(void) {
	local_use(NULL);
}

/* Days of UTC are always there, those of the zone in use beside them: 24 October has 24 hours in Berlin, the 25th 25.
 */
Test(growth, has_the_days_of_the_zone_in_use, .fini = reset) {
	ARENA_AUTO arena = arena_new();
	int64_t times[] = { at("2026-10-24T21:59:59Z").ms, at("2026-10-24T22:00:00Z").ms, at("2026-10-25T22:59:59Z").ms,
		                at("2026-10-25T23:00:00Z").ms };
	local_use("Europe/Berlin");
	struct named named = named_of_times(times, 4, 0, MOMENT_NONE, arena);
	const struct growth_day *utc = named.days.items, *local = named.local_days.items;
	cr_assert(named.days.count == 2 && named.local_days.count == 3);
	cr_expect(utc[0].people == 2 && utc[1].people == 2 && utc[0].day.ms == at("2026-10-24").ms);
	cr_expect(local[0].people == 1 && local[1].people == 2 && local[2].people == 1);
	cr_expect(local[1].day.ms == at("2026-10-25").ms && local[2].day.ms == at("2026-10-26").ms);
	cr_expect_str_eq(named.zone, "Europe/Berlin");
	local_use(NULL);
	named = named_of_times(times, 4, 0, MOMENT_NONE, arena);
	cr_expect(named.days.count == 2 && named.local_days.count == 0 && !named.zone);
}

/* Reports without times, shorter than the summary, empty or unread tell no share at an age. */
Test(growth, is_compared_only_if_whole) {
	ARENA_AUTO arena = arena_new();
	int64_t times[] = { start.ms + 1, start.ms + 2, start.ms + 3 };
	const struct {
		int64_t counted, read;
		int dated;
		int64_t undated;
		bool whole;
	} cases[] = {
		{ 3, 3, 3, 0, true }, { 3, 3, 2, 1, false },          { 4, 4, 3, 0, false }, { 3, 3, 0, 0, false },
		{ 4, 3, 3, 0, true }, { 3, COUNT_NONE, 3, 0, false }, { 0, 0, 0, 0, true },  { 0, COUNT_NONE, 0, 0, true },
		{ 2, 2, 3, 0, true }, { COUNT_NONE, 3, 3, 0, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct growth growth = { .since = start,
			                     .opened = named_of_times(times, cases[i].dated, cases[i].undated, start, arena) };
		struct campaign one = campaign(cases[i].counted);
		one.engagement_read.opened = cases[i].read;
		growth.opened.read_at = moment_add(start, 2 * DAY_MS);
		cr_expect_eq(growth_is_whole(&growth, &one, RESPONSE_OPENED), cases[i].whole, "case %zu", i);
		cr_expect_eq(isnan(growth_share(&growth, &one, DAY_MS, RESPONSE_OPENED)), !cases[i].whole, "case %zu", i);
		bool differs = !cases[i].whole || cases[i].counted != cases[i].dated;
		cr_expect_eq(growth_gap(&growth, &one, RESPONSE_OPENED, arena) != NULL, differs, "case %zu", i);
	}
	struct growth three = { .since = start, .opened = named_of_times(times, 3, 0, start, arena) };
	struct campaign four = campaign(4);
	cr_expect_str_eq(growth_gap(&three, &four, RESPONSE_OPENED, arena), "4 opened; 3 are named so far.");
	struct campaign late = campaign(3);
	late.engagement_read.opened = 2; /* as many are named, but not by a complete reading */
	cr_expect_str_eq(growth_gap(&three, &late, RESPONSE_OPENED, arena), "Who opened is not synced completely yet.");
	cr_expect_str_eq(growth_gap(NULL, &four, RESPONSE_OPENED, arena), "4 opened; 0 are named so far.");
}

/* A value at an age after the last reading is not known. */
Test(growth, is_known_until_the_last_reading) {
	ARENA_AUTO arena = arena_new();
	int64_t times[] = { start.ms + 1, start.ms + 2 };
	struct growth growth = { .since = start, .opened = named_of_times(times, 2, 0, start, arena) };
	struct campaign one = campaign(2);
	growth.opened.read_at = moment_add(start, HOUR_MS);
	cr_expect_eq(growth_known_until(&growth, &one, RESPONSE_OPENED).ms, one.summary_read_at.ms);
	cr_expect_not(isnan(growth_share(&growth, &one, 2 * HOUR_MS, RESPONSE_OPENED)));
	one.current_metrics.opened = 3; /* more by now; who, the next sync reads */
	cr_expect_eq(growth_known_until(&growth, &one, RESPONSE_OPENED).ms, growth.opened.read_at.ms);
	cr_expect(isnan(growth_share(&growth, &one, 2 * HOUR_MS, RESPONSE_OPENED)));
	cr_expect_not(isnan(growth_share(&growth, &one, HOUR_MS, RESPONSE_OPENED)));
}
