/* Undoing an import. */
#include "audience/import/undo.h"
#include "unit/support.h"

static struct import_change name_change = { MEMBER_FIRST_NAME, NULL, IMPORT_TYPE_TEXT, "Ann", "Anne" };

Test(undo, restores_what_was) {
	ARENA_AUTO arena = arena_new();
	struct import_touched touched = { .rev = 3,
		                              .changes = &name_change,
		                              .change_count = 1,
		                              .tags_added = { (const char *[]){ "a", "b" }, 2 },
		                              .joined = true };
	struct import_present present = {
		.exists = true, .rev = 3, .was_mailed = true, .tags = { (const char *[]){ "b", "c" }, 2 }
	};
	struct import_undo undo = undo_decide(arena, &touched, &present);
	cr_expect_eq(undo.outcome, UNDO_RESTORED);
	cr_expect_str_eq(undo.changes[0].after, "Ann");
	cr_expect_str_eq(undo.changes[0].before, "Anne");
	cr_expect_eq(undo.tags_removed.count, 1);
	cr_expect_str_eq(undo.tags_removed.items[0], "b");
	cr_expect(undo.leaves);
	touched.resubscribed = true;
	cr_expect(undo_decide(arena, &touched, &present).unsubscribes);
}

Test(undo, removes_who_was_new) {
	ARENA_AUTO arena = arena_new();
	struct import_touched touched = { .was_created = true, .rev = 1 };
	cr_expect_eq(undo_decide(arena, &touched, &(struct import_present){ .exists = true, .rev = 1 }).outcome,
	             UNDO_REMOVED);
}

Test(undo, lists_the_rest) {
	ARENA_AUTO arena = arena_new();
	struct import_touched touched = { .was_created = true, .rev = 1 };
	static const struct {
		struct import_present present;
		const char *reason;
	} cases[] = { { { 0 }, "Is gone." },
		          { { .exists = true, .rev = 2 }, "Was edited since." },
		          { { .exists = true, .rev = 1, .was_mailed = true }, "Was mailed since." },
		          { { .exists = true, .rev = 1, .has_other_lists = true }, "Joined another list since." },
		          { { .exists = true, .rev = 1, .unsubscribed_since = true },
		            "Unsubscribed since, which must not be forgotten." } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct import_undo undo = undo_decide(arena, &touched, &cases[i].present);
		cr_expect_eq(undo.outcome, UNDO_LISTED);
		cr_expect_str_eq(undo.reason, cases[i].reason);
		cr_expect_eq(undo.change_count, 0);
	}
}

Test(undo, is_open_for_30_days) {
	struct moment finished = at("2026-11-27T10:00:00Z");
	cr_expect(undo_is_open(finished, at("2026-12-27T10:00:00Z")));
	cr_expect_not(undo_is_open(finished, at("2026-12-27T10:00:01Z")));
	cr_expect_not(undo_is_open(MOMENT_NONE, finished));
}
