/* Periods from parameters. */
#include <criterion/criterion.h>

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
