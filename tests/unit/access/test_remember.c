/* The cookie of a remembered browser. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "access/remember.h"
#include "core/base/moment.h"

/* A browser that uses what it was issued is never taken for a thief, even with concurrent requests and lost answers; a
 * copy of an older cookie always is. */
Test(remember, tells_a_browser_from_a_copy) {
	char current[2][20] = { "t0", "" }, *previous = NULL, held[20] = "t0", old[20] = "";
	int64_t replaced = 0;
	srand(3);
	for (int turn = 1; turn < 10000; turn++) {
		bool lost = rand() % 5 == 0;
		replaced = 2 * MINUTE_MS;
		enum remembered meaning = remember_judge(current[0], previous, replaced, held);
		cr_assert(meaning == REMEMBERED_CURRENT || meaning == REMEMBERED_LOST, "turn %d", turn);
		if (meaning == REMEMBERED_CURRENT) {
			(void)snprintf(old, sizeof old, "%s", previous ? previous : "");
			(void)snprintf(current[1], sizeof current[1], "%s", current[0]);
			previous = current[1];
		}
		(void)snprintf(current[0], sizeof current[0], "t%d", turn);
		cr_assert_eq(remember_judge(current[0], previous, 1000, held), REMEMBERED_PARALLEL);
		if (*old)
			cr_assert_eq(remember_judge(current[0], previous, 1000, old), REMEMBERED_STOLEN);
		if (!lost)
			(void)snprintf(held, sizeof held, "%s", current[0]);
	}
}

Test(remember, a_cookie_replaced_in_the_future_is_no_parallel_request) {
	cr_expect_eq(remember_judge("new", "old", -HOUR_MS, "old"), REMEMBERED_LOST);
	cr_expect_eq(remember_judge("new", "old", -20, "old"), REMEMBERED_PARALLEL);
}
