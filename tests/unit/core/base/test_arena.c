/* Arenas. */
#include <criterion/criterion.h>

#include "core/base/arena.h"

Test(arena, runs_deferred_newest_first) {
	struct arena *arena = arena_new();
	char *big = arena_alloc(arena, 100000);
	big[99999] = 'x';
	cr_expect_str_eq(arena_print(arena, "%s-%d", "a", 7), "a-7");
	arena_reset(arena);
	cr_expect_eq(arena_used(arena), 0);
	arena_free(arena);
}
