/* What changed between two moments. */
#include <criterion/criterion.h>

#include "insights/changes.h"

static struct campaign campaign(const char *id, int64_t opened) {
	struct campaign one = { .id = id, .name = id, .has_report = true };
	one.current_metrics.opened = opened;
	one.sort_sent = *id == 'd' ? 7 : 3;
	return one;
}

Test(changes, the_greatest_comes_first_and_of_equal_ones_the_newest) {
	const struct campaign before[] = { campaign("d", 1), campaign("c", 1), campaign("b", 1), campaign("a", 5) };
	const struct campaign after[] = { campaign("d", 4), campaign("c", 9), campaign("b", 4), campaign("a", 2) };
	const struct campaign other[] = { campaign("a", 2), campaign("b", 4), campaign("c", 9), campaign("d", 4) };
	struct change changes[4], again[4];
	cr_assert_eq(changes_of(before, 4, after, 4, changes), 4);
	cr_assert_eq(changes_of(before, 4, other, 4, again), 4);
	static const char *const expected[] = { "c", "d", "b", "a" };
	for (int i = 0; i < 4; i++) {
		cr_expect_str_eq(changes[i].id, expected[i]);
		cr_expect_str_eq(again[i].id, expected[i]);
	}
}
