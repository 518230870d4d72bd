/* Arithmetic with counters. */
#include <criterion/criterion.h>

#include "core/base/checked.h"
#include "core/base/text.h"

Test(checked, stays_at_the_limit) {
	cr_expect_eq(checked_sum(INT64_MAX, 1), INT64_MAX);
	cr_expect_eq(checked_sum(CHECKED_LEAST, -1), CHECKED_LEAST);
	cr_expect_eq(checked_sum(CHECKED_UNKNOWN, 5), 5);
	cr_expect_eq(checked_difference(INT64_MAX, -1), INT64_MAX);
	cr_expect_eq(checked_difference(-5, INT64_MAX), CHECKED_LEAST);
	cr_expect_eq(checked_difference(CHECKED_LEAST, 1), CHECKED_LEAST);
	cr_expect_eq(checked_difference(7, CHECKED_UNKNOWN), CHECKED_UNKNOWN);
	cr_expect_eq(checked_distance(CHECKED_LEAST, INT64_MAX), INT64_MAX);
	cr_expect_eq(checked_distance(3, 8), 5);
	cr_expect_eq(checked_distance(CHECKED_UNKNOWN, 8), 0);
}

Test(checked, the_least_change_has_a_text) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(text_of_change(arena, CHECKED_LEAST), "−9,223,372,036,854,775,807");
}
