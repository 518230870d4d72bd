/* What somebody chooses against what they have. */
#include <criterion/criterion.h>

#include "subscribing/preferences.h"

static struct arena *arena;
static void open_all(void) {
	arena = arena_new();
}
static void close_all(void) {
	arena_free(arena);
}
TestSuite(preferences, .init = open_all, .fini = close_all);

static struct preference items[] = { { "a", "Alpha", true }, { "b", "Beta & Co", false }, { "c", "Gamma", true } };
static const struct preferences all = { items, 3 };

static const char *compared(const struct strings *chosen) {
	struct strings left, wanted;
	preferences_compare(&all, chosen, arena, &left, &wanted);
	return arena_print(arena, "-%s +%s", strings_join(arena, &left, ","), strings_join(arena, &wanted, ","));
}

Test(preferences, only_what_differs_is_done) {
	cr_expect_str_eq(compared(TEXTS("a", "c")), "- +");
	cr_expect_str_eq(compared(TEXTS("a", "b", "c")), "- +b");
	cr_expect_str_eq(compared(TEXTS("b")), "-a,c +b");
	cr_expect_str_eq(compared(&(struct strings){ 0 }), "-a,c +");
	cr_expect_str_eq(compared(TEXTS("c", "c", "a")), "- +");
}

Test(preferences, lists_that_are_not_theirs_are_nothing) {
	cr_expect_str_eq(compared(TEXTS("a", "c", "d", "", "list_b", "B")), "- +");
}

Test(preferences, names_stand_between_quotation_marks) {
	cr_expect_str_eq(preferences_names(&all, TEXTS("c", "b", "x"), arena), "Beta & Co”, “Gamma");
}
