/* Periods out of parameters. */
#include <criterion/criterion.h>

#include "core/formats/period.h"

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
