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
	cr_assert(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, &err), "%s", err.text);
	cr_expect_eq(schedule.addresses.count, 2);
	cr_expect_eq(schedule.next_run_at.ms, at("2026-12-01T07:00:00Z").ms);
	request.recipients = "";
	cr_expect_not(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, &err));
	request = asked();
	request.cron = "0 0 31 2 *";
	cr_expect_not(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, &err));
	request = asked();
	request.period = "fortnight";
	cr_expect_not(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, &err));
}
