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
	struct moment start = { 0 };
	srand(7);
	for (int64_t hour = 0, n = 0; hour < 10 * 365 * 24; hour++, n++) {
		struct curve_point point = { { hour * HOUR_MS + rand() % MINUTE_MS }, n, n / 2, 0 };
		curve_add(&curve, start, point, arena);
		int count = curve.points.count;
		const struct curve_point *points = curve.points.items;
		cr_assert(points[count - 1].time.ms == point.time.ms && points[0].time.ms < HOUR_MS);
		cr_assert(count < 2 || points[count - 2].time.ms < points[count - 1].time.ms);
		if (n % 1000 == 0) {
			curve_add(&curve, start, point, arena);
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
	struct moment start = { 0 };
	for (int i = 1; i <= 3; i++)
		curve_add(&curve, start, (struct curve_point){ { i * HOUR_MS }, i, 0, 0 }, arena);
	curve_add(&curve, start, (struct curve_point){ { HOUR_MS / 2 }, 9, 0, 0 }, arena);
	const struct curve_point *points = curve.points.items;
	cr_assert_eq(curve.points.count, 3);
	cr_expect(points[2].opened == 9 && points[2].time.ms == 3 * HOUR_MS);
}

Test(growth, is_bounded_and_ends_with_everybody) {
	ARENA_AUTO arena = arena_new();
	enum { PEOPLE = 50000 };
	int64_t *times = arena_array(arena, int64_t, PEOPLE), last = 0;
	struct moment start = { 1000 * DAY_MS };
	srand(11);
	for (int i = 0; i < PEOPLE; i++) {
		times[i] = start.ms + (int64_t)(-log(1 - rand() / (RAND_MAX + 1.0)) * 9 * HOUR_MS);
		last = times[i] > last ? times[i] : last;
	}
	struct rows steps = growth_of_times(times, PEOPLE, start, arena);
	const struct step *items = steps.items;
	cr_assert(steps.count > 20 && steps.count <= CURVE_MAX);
	cr_expect(items[steps.count - 1].count == PEOPLE && items[steps.count - 1].time.ms == last);
	for (int i = 1; i < steps.count; i++)
		cr_assert(items[i].time.ms > items[i - 1].time.ms && items[i].count > items[i - 1].count);
	cr_expect_eq(growth_until(&steps, moment_add(start, -1)), 0);
	cr_expect_eq(growth_until(&steps, moment_add(start, 1000 * DAY_MS)), PEOPLE);
	cr_expect_eq(growth_of_times(times, 0, start, arena).count, 0);
}
