/* The token bucket. */
#include <criterion/criterion.h>

#include "core/store/rate_limit.h"

Test(rate_limit, refills_to_its_capacity) {
	struct rate_limit limit = { "x", 100, 10 };
	struct moment then = { 0 };
	cr_expect_float_eq(rate_limit_refill(&limit, 0, then, moment_add(then, 1500)), 15, 1e-9);
	cr_expect_float_eq(rate_limit_refill(&limit, 95, then, moment_add(then, 5000)), 100, 1e-9);
	cr_expect_float_eq(rate_limit_refill(&limit, 5, moment_add(then, 5000), then), 5, 1e-9);
}
