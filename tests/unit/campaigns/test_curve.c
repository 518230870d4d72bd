/* Growth curves. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/curve.h"

/* For any input: bounded, ordered, the newest point is present, appending is idempotent. */
Test(curve, keeps_its_bounds) {
	ARENA_AUTO arena = arena_new();
	struct curve curve = { 0 };
	srand(7);
	for (int64_t hour = 0, n = 0; hour < 10 * 365 * 24; hour++, n++) {
		struct curve_point point = { { hour * HOUR_MS + rand() % MINUTE_MS }, n, n / 2, 0 };
		curve_add(&curve, point, arena);
		int count = curve.points.count;
		const struct curve_point *points = curve.points.items;
		cr_assert(points[count - 1].time.ms == point.time.ms && points[0].time.ms < HOUR_MS);
		cr_assert(count < 2 || points[count - 2].time.ms < points[count - 1].time.ms);
		if (n % 1000 == 0) {
			curve_add(&curve, point, arena);
			cr_assert_eq(curve.points.count, count);
			struct curve_point *kept = malloc(sizeof *kept * (size_t)count);
			memcpy(kept, points, sizeof *kept * (size_t)count);
			arena_reset(arena);
			curve.points.items = memcpy(arena_array(arena, struct curve_point, count), kept,
			                            sizeof *kept * (size_t)count);
			free(kept);
		}
	}
	cr_expect_leq(curve.points.count, CURVE_MAX);
	cr_expect_geq(curve.points.count, 100);
}

Test(curve, stays_in_order_when_the_clock_is_set_back) {
	ARENA_AUTO arena = arena_new();
	struct curve curve = { 0 };
	for (int i = 1; i <= 3; i++)
		curve_add(&curve, (struct curve_point){ { i * HOUR_MS }, i, 0, 0 }, arena);
	curve_add(&curve, (struct curve_point){ { HOUR_MS / 2 }, 9, 0, 0 }, arena);
	const struct curve_point *points = curve.points.items;
	cr_assert_eq(curve.points.count, 3);
	cr_expect(points[2].opened == 9 && points[2].time.ms == 3 * HOUR_MS);
}
