/* Which row named a person first. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "audience/import/seen.h"

Test(seen, tells_the_first_row) {
	ARENA_AUTO arena = arena_new();
	struct seen *seen = seen_new(arena);
	cr_expect_eq(seen_before(seen, "bo@inbox.example", 3), 0);
	cr_expect_eq(seen_before(seen, "bo@inbox.example", 311), 3);
	cr_expect_eq(seen_before(seen, "bo@inbox.example", 312), 3);
	cr_expect_str_eq(seen_told(arena, 3), "Same address as row 3.");
}

Test(seen, holds_many) {
	ARENA_AUTO arena = arena_new();
	struct seen *seen = seen_new(arena);
	char key[32];
	for (int turn = 0; turn < 2; turn++)
		for (int i = 1; i <= 20000; i++) {
			snprintf(key, sizeof key, "u%d@t.example", i);
			cr_assert_eq(seen_before(seen, key, i), turn ? i : 0);
		}
}
