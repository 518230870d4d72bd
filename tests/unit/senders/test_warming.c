/* The warm-up plan of one destination. */
#include <criterion/criterion.h>

#include "senders/warming.h"

static const struct moment midnight = { INT64_C(1700006400000) }; /* 2023-11-15 in UTC */

static struct moment hours_later(int64_t hours) {
	return moment_add(midnight, hours * HOUR_MS);
}

static int64_t day_after(int64_t day, struct warming_replies replies) {
	struct warming warming = WARMING_NEW;
	warming.day = day;
	warming_note(&warming, &replies, midnight);
	return warming_at(&warming, hours_later(24)).day;
}

Test(warming, grows_as_the_plan_says) {
	static const int64_t caps[] = { 50, 50, 100, 200, 400, 800, 1500, 3000, 5000, 7000, 9800 };
	for (int64_t day = 0; day < (int64_t)(sizeof caps / sizeof *caps); day++)
		cr_expect(warming_cap(day) == caps[day], "day %d", (int)day);
	for (int64_t day = 1; day < WARMING_DAYS; day++)
		cr_expect(warming_cap(day) < warming_cap(day + 1));
}

Test(warming, counts_a_day_that_was_used_and_went_well) {
	cr_expect(day_after(3, (struct warming_replies){ 160, 0, 0, 0 }) == 4);
	cr_expect(day_after(3, (struct warming_replies){ 159, 0, 0, 0 }) == 3, "less than four fifths");
	cr_expect(day_after(3, (struct warming_replies){ 196, 0, 3, 0 }) == 4);
	cr_expect(day_after(3, (struct warming_replies){ 196, 0, 4, 0 }) == 3, "2 %% of 200 came back");
	cr_expect(day_after(3, (struct warming_replies){ 190, 10, 0, 0 }) == 3, "5 %% of 200 were deferred");
	cr_expect(day_after(8, (struct warming_replies){ 5000, 0, 0, 4 }) == 9);
	cr_expect(day_after(8, (struct warming_replies){ 5000, 0, 0, 5 }) == 8);
	cr_expect(day_after(8, (struct warming_replies){ 5000, 0, 0, 15 }) == 6, "0.3 %% complained");
	cr_expect(day_after(2, (struct warming_replies){ 100, 0, 0, 1 }) == 1);
}

Test(warming, has_days_in_utc) {
	struct warming warming = WARMING_NEW;
	warming_note(&warming, &(struct warming_replies){ 0, 0, 0, 1 }, midnight);
	cr_expect(!moment_is_set(warming.began_at), "somebody complains of an earlier mail");
	warming = WARMING_NEW;
	warming_note(&warming, &(struct warming_replies){ 30, 0, 0, 0 }, midnight);
	warming_note(&warming, &(struct warming_replies){ 20, 0, 0, 0 }, hours_later(23));
	cr_expect(warming.day == 1 && warming.taken == 50);
	cr_expect(warming_at(&warming, moment_add(midnight, -HOUR_MS)).day == 1, "the clock was set back");
	warming_note(&warming, &(struct warming_replies){ 7, 0, 0, 0 }, hours_later(25));
	cr_expect(warming.day == 2 && warming.taken == 7 && warming.began_at.ms == hours_later(25).ms);
}

Test(warming, goes_on_with_half_after_a_month_of_silence) {
	struct warming warming = WARMING_NEW;
	warming.day = 8;
	warming_note(&warming, &(struct warming_replies){ 5000, 0, 0, 0 }, midnight);
	cr_expect(warming_at(&warming, hours_later(29 * 24)).day == 9);
	cr_expect(warming_at(&warming, hours_later(30 * 24)).day == 6, "1,500 is at most half of 5,000");
}

Test(warming, ends) {
	struct warming warming = WARMING_NEW;
	cr_expect(!warming_is_over(&warming));
	for (int day = 1; day <= WARMING_DAYS; day++)
		warming_note(&warming, &(struct warming_replies){ warming_cap(day), 0, 0, 0 }, hours_later(day * 24));
	cr_expect(warming.day == WARMING_DAYS && !warming_is_over(&warming));
	warming = warming_at(&warming, hours_later((WARMING_DAYS + 1) * 24));
	cr_expect(warming_is_over(&warming));
}
