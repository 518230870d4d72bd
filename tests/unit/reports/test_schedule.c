/* Validation of schedules. */
#include <criterion/criterion.h>

#include "reports/schedule.h"
#include "unit/support.h"

static struct schedule_request asked(void) {
	return (struct schedule_request){ .name = "Monthly",
		                              .cron = "monthly",
		                              .zone = "Europe/Berlin",
		                              .recipients = "a@b.example, c@d.example\na@b.example",
		                              .fresh_hours = COUNT_NONE };
}

Test(schedule, is_checked) {
	ARENA_AUTO arena = arena_new();
	struct schedule schedule;
	struct error err = ERROR_INIT;
	struct schedule_request request = asked();
	cr_assert(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, NULL, &err), "%s", err.text);
	cr_expect_eq(schedule.addresses.count, 2);
	cr_expect_eq(schedule.next_run_at.ms, at("2026-12-01T07:00:00Z").ms);
	request.recipients = "";
	cr_expect_not(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, NULL, &err));
	request = asked();
	request.cron = "0 0 31 2 *";
	cr_expect_not(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, NULL, &err));
	request = asked();
	request.period = "fortnight";
	cr_expect_not(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, NULL, &err));
}

Test(schedule, tells_all_problems_at_once) {
	ARENA_AUTO arena = arena_new();
	struct schedule schedule;
	struct problems problems = { .count = 0 };
	struct error err = ERROR_INIT;
	struct schedule_request request = asked();
	request.cron = NULL;
	request.time = "8 am";
	request.recipients = "jane.doe@acme.example\nbob";
	cr_expect_not(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, &problems, &err));
	cr_expect_str_eq(problems_of(&problems, "time"), "Write hours and minutes, like 08:00");
	cr_expect_str_eq(problems_of(&problems, "recipients"),
	                 "“bob” is not an email address. Write it in full, like bob@acme.example");
	cr_expect_eq(problems.count, 2);
}

Test(schedule, is_said_in_words) {
	ARENA_AUTO arena = arena_new();
	struct schedule schedule;
	struct error err = ERROR_INIT;
	struct schedule_request request = asked();
	struct moment now = at("2026-11-21T10:00:00Z"), runs[3];
	request.cron = "";
	request.day = "1";
	request.time = "08:00";
	cr_assert(schedule_of(&request, "me", now, arena, &schedule, NULL, &err), "%s", err.text);
	cr_expect_str_eq(schedule.cron, "0 8 1 * *");
	cr_expect_str_eq(schedule_words(&schedule, now, arena), "Every month on the 1st at 08:00 in Berlin (CET)");
	schedule_next_runs(&schedule, now, runs, 3);
	cr_expect(runs[0].ms == at("2026-12-01T07:00:00Z").ms && runs[2].ms == at("2027-02-01T07:00:00Z").ms);
	schedule.cron = "0 8 * * mon-fri";
	cr_expect_str_eq(schedule_words(&schedule, at("2026-07-01"), arena), "At times of its own in Berlin (CEST)");
}

/* Half past midnight of 1 November in Berlin is still October in UTC: the report is on October as Berlin had it. */
Test(schedule, has_the_periods_of_its_zone) {
	static const struct {
		const char *period, *zone, *due, *from, *to;
	} rows[] = {
		{ "lastmonth", "Europe/Berlin", "2026-10-31T23:30:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z" },
		{ "lastmonth", "UTC", "2026-11-01T00:30:00Z", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z" },
		{ "lastmonth", "America/New_York", "2026-12-01T04:30:00Z", "2026-10-01T04:00:00Z", "2026-11-01T04:00:00Z" },
		{ "ytd", "Europe/Berlin", "2025-12-31T23:30:00Z", "2025-12-31T23:00:00Z", "2026-01-01T23:00:00Z" },
		{ "mtd", "Asia/Tokyo", "2026-10-31T15:30:00Z", "2026-10-31T15:00:00Z", "2026-11-01T15:00:00Z" },
		{ "7d", "Europe/Berlin", "2026-10-27T08:00:00Z", "2026-10-20T22:00:00Z", "2026-10-27T23:00:00Z" },
		{ "12m", "Europe/Berlin", "2026-10-31T23:30:00Z", "2025-11-01T23:00:00Z", "2026-11-01T23:00:00Z" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct schedule schedule = { .period = rows[i].period, .zone = rows[i].zone };
		struct report_period period;
		struct error err = ERROR_INIT;
		cr_assert(schedule_period(&schedule, at(rows[i].due), &period, &err), "%s", err.text);
		cr_expect(period.from.ms == at(rows[i].from).ms && period.to.ms == at(rows[i].to).ms, "%s in %s",
		          rows[i].period, rows[i].zone);
	}
}

Test(schedule, names_the_days_of_its_zone) {
	ARENA_AUTO arena = arena_new();
	const struct report_period october = { at("2026-09-30T22:00:00Z"), at("2026-10-31T23:00:00Z") };
	cr_expect_str_eq(report_period_text(&october, "Europe/Berlin", arena), "1 – 31 Oct 2026 (Europe/Berlin)");
	cr_expect_str_eq(report_period_text(&(struct report_period){ at("2026-10-01"), at("2026-11-01") }, NULL, arena),
	                 "1 – 31 Oct 2026 (UTC)");
}
