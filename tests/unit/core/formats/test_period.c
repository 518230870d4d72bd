/* Periods from parameters. */
#include <criterion/criterion.h>

#include "core/base/local.h"
#include "core/formats/period.h"
#include "unit/support.h"

Test(period, names_the_wrong_parameter) {
	ARENA_AUTO arena = arena_new();
	struct params params;
	struct period period;
	struct error err;
	struct moment now;
	cr_assert(moment_parse("2026-11-21T10:00:00Z", &now));
	cr_assert(params_read(arena, "period=7d", &params, &err) && period_read(&params, now, "90d", &period, &err));
	cr_expect_eq(period.to.ms - period.from.ms, 7 * DAY_MS);
	cr_assert(params_read(arena, "period=x", &params, &err) && !period_read(&params, now, "90d", &period, &err));
	cr_expect_str_eq(err.field, "period");
	cr_assert(params_read(arena, "from=2026-02-01&to=2026-01-01", &params, &err) &&
	          !period_read(&params, now, "90d", &period, &err));
	cr_expect_str_eq(err.field, "to");
}

static bool is_span(const struct period *period, const char *from, const char *to) {
	return period->from.ms == at(from).ms && period->to.ms == at(to).ms;
}

Test(period, begins_and_ends_with_days_of_the_calendar) {
	static const struct {
		const char *query, *now, *from, *to;
	} rows[] = {
		{ "period=mtd", "2027-01-31T23:59:59Z", "2027-01-01", "2027-02-01" },
		{ "period=mtd", "2028-02-29T23:59:59Z", "2028-02-01", "2028-03-01" },
		{ "period=mtd", "2027-03-28T01:00:00Z", "2027-03-01", "2027-03-29" },
		{ "period=mtd", "2027-01-01T00:00:00Z", "2027-01-01", "2027-01-02" },
		{ "period=lastmonth", "2027-01-01T00:00:00Z", "2026-12-01", "2027-01-01" },
		{ "period=lastmonth", "2028-03-31T12:00:00Z", "2028-02-01", "2028-03-01" },
		{ "period=lastmonth", "2027-10-31T01:00:00Z", "2027-09-01", "2027-10-01" },
		{ "period=ytd", "2026-12-31T23:59:59Z", "2026-01-01", "2027-01-01" },
		{ "period=7d", "2028-03-01T00:00:00Z", "2028-02-24", "2028-03-02" },
		{ "period=90d", "2027-10-31T23:00:00Z", "2027-08-03", "2027-11-01" },
		{ "from=2028-02-29&to=2028-02-29", "2028-03-01T00:00:00Z", "2028-02-29", "2028-03-01" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		struct params params;
		struct period period;
		struct error err;
		cr_assert(params_read(arena, rows[i].query, &params, &err) &&
		          period_read(&params, at(rows[i].now), "90d", &period, &err));
		cr_expect(is_span(&period, rows[i].from, rows[i].to), "%s on %s", rows[i].query, rows[i].now);
	}
}

Test(period, of_twelve_months_is_one_of_the_calendar) {
	static const struct {
		const char *now, *from, *to;
	} rows[] = { { "2026-11-26T10:00:00Z", "2025-11-27", "2026-11-27" },
		         { "2028-11-26T10:00:00Z", "2027-11-27", "2028-11-27" },
		         { "2028-02-28T10:00:00Z", "2027-03-01", "2028-02-29" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct params none = { 0 };
		struct period period;
		struct error err;
		cr_assert(period_read(&none, at(rows[i].now), "12m", &period, &err));
		cr_expect(is_span(&period, rows[i].from, rows[i].to), "%s", rows[i].now);
	}
}

/* Months differ in length: what comes before a month is the month before, not as many days. */
Test(period, of_the_calendar_is_compared_with_that_before) {
	static const struct {
		const char *name, *from, *to, *before_from, *before_to;
	} rows[] = {
		{ "custom", "2026-11-01", "2026-12-01", "2026-10-01", "2026-11-01" },
		{ "lastmonth", "2026-10-01", "2026-11-01", "2026-09-01", "2026-10-01" },
		{ "lastmonth", "2028-03-01", "2028-04-01", "2028-02-01", "2028-03-01" },
		{ "custom", "2026-07-01", "2026-10-01", "2026-04-01", "2026-07-01" },
		{ "custom", "2026-01-01", "2027-01-01", "2025-01-01", "2026-01-01" },
		{ "custom", "2026-10-21", "2026-11-21", "2026-09-21", "2026-10-21" },
		{ "custom", "2027-03-31", "2027-05-31", "2027-01-31", "2027-03-31" },
		{ "12m", "2027-11-27", "2028-11-27", "2026-11-27", "2027-11-27" },
		{ "mtd", "2026-11-01", "2026-11-21", "2026-10-01", "2026-10-21" },
		{ "mtd", "2027-03-01", "2027-03-31", "2027-02-01", "2027-03-01" },
		{ "mtd", "2027-03-01", "2027-04-01", "2027-02-01", "2027-03-01" },
		{ "ytd", "2026-01-01", "2026-11-27", "2025-01-01", "2025-11-27" },
		{ "ytd", "2028-01-01", "2028-02-29", "2027-01-01", "2027-03-01" },
		{ "28d", "2026-02-01", "2026-03-01", "2026-01-04", "2026-02-01" },
		{ "30d", "2026-10-28", "2026-11-27", "2026-09-28", "2026-10-28" },
		{ "custom", "2026-11-01", "2026-11-21", "2026-10-12", "2026-11-01" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct period period = { rows[i].name, at(rows[i].from), at(rows[i].to) };
		struct period before = period_before(&period, false);
		cr_expect(is_span(&before, rows[i].before_from, rows[i].before_to), "%s %s to %s", rows[i].name, rows[i].from,
		          rows[i].to);
	}
}

Test(period, shifted_by_weeks_keeps_its_weekdays) {
	struct period november = { "custom", at("2026-11-01"), at("2026-12-01") };
	struct period before = period_before(&november, true);
	cr_expect(is_span(&before, "2026-09-27", "2026-10-27"));
}

Test(period, is_compared_with_the_same_days_of_the_year_before) {
	static const struct {
		const char *from, *to, *before_from, *before_to;
	} rows[] = {
		{ "2027-03-01", "2027-04-01", "2026-03-01", "2026-04-01" },
		{ "2028-03-01", "2028-04-01", "2027-03-01", "2027-04-01" },
		{ "2029-01-01", "2029-02-01", "2028-01-01", "2028-02-01" },
		{ "2028-01-01", "2029-01-01", "2027-01-01", "2028-01-01" },
		{ "2028-02-01", "2028-02-29", "2027-02-01", "2027-03-01" },
		{ "2028-02-29", "2028-03-01", "2027-02-28", "2027-03-01" },
		{ "2028-02-29T10:00:00Z", "2028-03-31T12:30:00Z", "2027-02-28T10:00:00Z", "2027-03-31T12:30:00Z" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct period period = { "custom", at(rows[i].from), at(rows[i].to) }, before = period_year_before(&period);
		cr_expect(is_span(&before, rows[i].before_from, rows[i].before_to), "%s to %s", rows[i].from, rows[i].to);
	}
}

static void reset(void) {
	local_use(NULL);
}

/* In local days, of 23 and 25 hours too; a moment with its time stays what it is. */
Test(period, is_made_of_local_days, .fini = reset) {
	static const struct {
		const char *zone, *query, *now, *from, *to;
	} rows[] = {
		{ "Europe/Berlin", "period=7d", "2026-03-31T22:30:00Z", "2026-03-25T23:00:00Z", "2026-04-01T22:00:00Z" },
		{ "Europe/Berlin", "period=mtd", "2026-10-31T23:30:00Z", "2026-10-31T23:00:00Z", "2026-11-01T23:00:00Z" },
		{ "Europe/Berlin", "period=lastmonth", "2026-11-15T12:00:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z" },
		{ "America/New_York", "period=mtd", "2026-11-01T02:00:00Z", "2026-10-01T04:00:00Z", "2026-11-01T04:00:00Z" },
		{ "Europe/Berlin", "from=2026-03-29&to=2026-03-29", "2026-11-15T12:00:00Z", "2026-03-28T23:00:00Z",
		  "2026-03-29T22:00:00Z" },
		{ "Europe/Berlin", "from=2026-10-25&to=2026-10-25", "2026-11-15T12:00:00Z", "2026-10-24T22:00:00Z",
		  "2026-10-25T23:00:00Z" },
		{ "Europe/Berlin", "from=2026-10-25T10:00:00Z&to=2026-10-25T11:30:00Z", "2026-11-15T12:00:00Z",
		  "2026-10-25T10:00:00Z", "2026-10-25T11:30:00Z" },
		{ "Asia/Tokyo", "period=ytd", "2026-12-31T15:30:00Z", "2026-12-31T15:00:00Z", "2027-01-01T15:00:00Z" },
		{ NULL, "period=7d", "2026-03-31T22:30:00Z", "2026-03-25", "2026-04-01" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		struct params params;
		struct period period;
		struct error err;
		local_use(rows[i].zone);
		cr_assert(params_read(arena, rows[i].query, &params, &err) &&
		          period_read(&params, at(rows[i].now), "90d", &period, &err));
		cr_expect(is_span(&period, rows[i].from, rows[i].to), "%s at %s", rows[i].query, rows[i].now);
	}
}

Test(period, is_compared_by_local_days, .fini = reset) {
	static const struct {
		const char *query, *from, *to;
	} rows[] = {
		{ "period=lastmonth", "2026-08-31T22:00:00Z", "2026-09-30T22:00:00Z" },
		{ "period=lastmonth&compare=year", "2025-09-30T22:00:00Z", "2025-10-31T23:00:00Z" },
		{ "period=30d", "2026-09-17T22:00:00Z", "2026-10-17T22:00:00Z" },
		{ "period=30d&compare=custom&cfrom=2026-03-29&cto=2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z" },
	};
	local_use("Europe/Berlin");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		struct params params;
		struct period period, compared;
		struct error err;
		bool has;
		cr_assert(params_read(arena, rows[i].query, &params, &err) &&
		          period_read(&params, at("2026-11-16T12:00:00Z"), "90d", &period, &err) &&
		          period_compare(&params, &period, &compared, &has, &err));
		cr_expect(has && is_span(&compared, rows[i].from, rows[i].to), "%s", rows[i].query);
	}
}

Test(period, as_of_a_day_is_the_end_of_the_local_one, .fini = reset) {
	ARENA_AUTO arena = arena_new();
	struct params params;
	struct error err;
	struct moment as_of, now = at("2026-11-16T12:00:00Z");
	local_use("Europe/Berlin");
	cr_assert(params_read(arena, "as_of=2026-10-25", &params, &err) && period_as_of(&params, now, &as_of, &err));
	cr_expect_eq(as_of.ms, at("2026-10-25T23:00:00Z").ms - 1);
	cr_assert(params_read(arena, "as_of=2026-11-16", &params, &err) && period_as_of(&params, now, &as_of, &err));
	cr_expect_eq(as_of.ms, now.ms);
	cr_assert(params_read(arena, "as_of=2026-10-25T10:00:00Z", &params, &err) &&
	          period_as_of(&params, now, &as_of, &err));
	cr_expect_eq(as_of.ms, at("2026-10-25T10:00:00.999Z").ms);
	local_use("Pacific/Kiritimati");
	cr_assert(params_read(arena, "as_of=2026-11-17", &params, &err) && period_as_of(&params, now, &as_of, &err));
	cr_expect_eq(as_of.ms, now.ms);
}
