/* Percentages and changes. */
#include <criterion/criterion.h>
#include <math.h>

#include "core/fields/field.h"
#include "metrics/share.h"

Test(share, of_nothing_is_none) {
	ARENA_AUTO arena = arena_new();
	cr_expect_eq(share_percent(1, 4), 25);
	cr_expect_eq(share_fraction(1, 4), 0.25);
	cr_expect(isnan(share_percent(0, 0)) && isnan(share_percent(3, -1)) && isnan(share_fraction(1, 0)));
	cr_expect(isnan(share_percent(COUNT_NONE, 10)) && isnan(share_percent(10, COUNT_NONE)));
	cr_expect_str_eq(share_text(arena, 1, 3), "33.3\u00a0%");
	cr_expect_str_eq(share_text(arena, -1, 4), "–");
	cr_expect(isnan(share_percent(5, 4)) && isnan(share_fraction(-1, 4)) && share_percent(4, 4) == 100);
	cr_expect_str_eq(share_text(arena, 1, 0), "–");
	cr_expect_eq(share_people(12.5, 80), 10);
}

Test(share, changes) {
	cr_expect_eq(change_points(3.5, 2), 1.5);
	cr_expect(isnan(change_points(NAN, 2)) && isnan(change_points(2, NAN)));
	cr_expect_eq(change_percent(150, 100), 50);
	cr_expect_eq(change_percent(50, 100), -50);
	cr_expect(isnan(change_percent(1, 0)) && isnan(change_percent(NAN, 1)));
	cr_expect_eq(distance_percent(0.5, 1), 50);
	cr_expect_eq(distance_percent(1.5, 1), 50);
}
