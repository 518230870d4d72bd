/* Chart scales. */
#include <criterion/criterion.h>

#include "core/paper/sheet.h"

Test(chart, steps_are_round) {
	cr_expect_float_eq(chart_step(10, 5), 2, 1e-9);
	cr_expect_float_eq(chart_step(3.1, 5), 1, 1e-9);
	cr_expect_float_eq(chart_step(168, 6), 50, 1e-9);
	cr_expect_float_eq(chart_step(0, 5), 1, 1e-9);
}
