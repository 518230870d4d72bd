/* Who joined and left lately, beside what is usual. */
#include <criterion/criterion.h>
#include <math.h>

#include "audience/lists/week.h"

enum { MOST = 80 };

/* `count` weeks in which 10 + (0, 1 or 2) join and 3 leave; the newest `loud` of them ten times as many. */
static struct list_flow flow_of(int count, int loud) {
	static struct list_week weeks[MOST];
	struct list_flow flow;
	for (int i = 0; i < count; i++) {
		int factor = i >= count - loud ? 10 : 1;
		weeks[i] = (struct list_week){
			.joined = (10 + i % 3) * factor, .unsubscribed = factor, .complained = factor, .otherwise = factor
		};
	}
	list_flow_of(&(struct rows){ weeks, count }, &flow);
	return flow;
}

Test(list_flow, is_unknown_with_few_weeks) {
	struct list_flow flow = flow_of(FLOW_WEEKS - 1, 0);
	cr_assert_eq(flow.joined.count, COUNT_NONE);
	cr_assert_eq(flow.left.before, COUNT_NONE);
	cr_assert(isnan(flow.left.usual.low));
}

Test(list_flow, has_nothing_to_compare_with_in_its_first_weeks) {
	struct list_flow flow = flow_of(FLOW_WEEKS, 0);
	cr_assert_eq(flow.left.count, 3 * FLOW_WEEKS);
	cr_assert_eq(flow.left.before, COUNT_NONE);
	cr_assert(isnan(flow.joined.usual.low));
	cr_assert_not(flow.joined.differs);
}

Test(list_flow, finds_the_usual_usual) {
	struct list_flow flow = flow_of(60, 0);
	cr_assert_eq(flow.left.count, flow.left.before);
	cr_assert_not(flow.joined.differs);
	cr_assert_leq(flow.joined.usual.low, (double)flow.joined.count);
	cr_assert_geq(flow.joined.usual.high, (double)flow.joined.count);
	cr_assert_float_eq(flow.left.usual.low, 39, 1e-6, "what never varies has no width");
	cr_assert_float_eq(flow.left.usual.high, 39, 1e-6);
}

Test(list_flow, tells_a_surge_from_chance) {
	struct list_flow flow = flow_of(60, FLOW_WEEKS);
	cr_assert(flow.joined.differs);
	cr_assert(flow.left.differs);
	cr_assert_gt((double)flow.joined.count, flow.joined.usual.high);
}
