/* Recipients by mailbox provider and segment. */
#include <criterion/criterion.h>

#include "answering/groups.h"

enum { PEOPLE = 6 };
static const struct moment then = { 1795000000000 };

static struct group_count find(const struct rows *groups, const char *name) {
	const struct group_count *all = groups->items;
	for (int i = 0; i < groups->count; i++)
		if (text_same(all[i].name, name))
			return all[i];
	return (struct group_count){ .sent = -1 };
}

static void expect(const struct rows *groups, const char *name, int sent, int failed, int opened, int clicked) {
	const struct group_count group = find(groups, name);
	cr_expect(group.sent == sent && group.failed == failed && group.opened == opened && group.clicked == clicked,
	          "%s: %lld sent, %lld failed, %lld opened, %lld clicked", name ? name : "rest", (long long)group.sent,
	          (long long)group.failed, (long long)group.opened, (long long)group.clicked);
}

Test(groups, by_provider_and_by_segment) {
	struct arena *arena = arena_new();
	struct recipient people[PEOPLE] = {
		{ "a", "a@One.example", "[]" }, { "b", "b@one.example", "[]" },   { "c", "c@two.example", "[]" },
		{ NULL, NULL, NULL },           { "e", "e@three.example", "[]" }, { "f", "f@one.example", "[]" },
	};
	const struct block block = { .people = { people, PEOPLE } };
	/* b has failed, c has neither been accepted nor refused yet, e was uncertain and has opened it. */
	const struct moment accepted_at[PEOPLE] = { then, MOMENT_NONE, MOMENT_NONE, then, MOMENT_NONE, then };
	const bool failed[PEOPLE] = { false, true };
	struct answer answers[] = {
		{ .index = 0, .opened_at = then, .clicked_at = then },
		{ .index = 3, .opened_at = then, .clicked_at = MOMENT_NONE },
		{ .index = 4, .opened_at = then, .clicked_at = MOMENT_NONE },
		{ .index = 5, .opened_at = MOMENT_NONE, .clicked_at = MOMENT_NONE },
	};
	struct group_members members[] = { { "first", "3" }, { "last", "02" }, { "erased", "8" } };
	struct answer_block folded = { .answers = { answers, 4 }, .members = { members, 3 } };
	groups_count(&(struct group_people){ &block, accepted_at, failed }, arena, &folded);
	cr_expect_eq(folded.domains.count, 2);
	expect(&folded.domains, "one.example", 2, 1, 1, 1);
	expect(&folded.domains, NULL, 1, 0, 1, 0); /* of providers with one recipient no name is kept */
	expect(&folded.segments, "first", 1, 1, 1, 1);
	expect(&folded.segments, "last", 1, 0, 0, 0);
	expect(&folded.segments, "erased", 0, 0, 0, 0);
	expect(&folded.segments, NULL, 1, 0, 1, 0);
	arena_free(arena);
}

Test(groups, an_empty_block_has_none) {
	struct arena *arena = arena_new();
	const struct block block = { .people = { NULL, 0 } };
	struct answer_block folded = { .answers = { NULL, 0 } };
	groups_count(&(struct group_people){ &block, NULL, NULL }, arena, &folded);
	cr_expect(folded.domains.count == 0 && folded.segments.count == 0);
	arena_free(arena);
}
