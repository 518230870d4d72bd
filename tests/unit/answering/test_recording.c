/* A hit that waits is the same when it comes back; what is no hit is none. */
#include <criterion/criterion.h>
#include <string.h>

#include "answering/recording.h"

static const struct token click = { .campaign_id = "65a000000000000000000001", .block = 7, .index = 42, .link = 3 };

static bool same(const struct hit *a, const struct hit *b) {
	return record_same(&hit_record, a, b) && a->at.ms == b->at.ms;
}

Test(recording, a_line_is_the_hit) {
	struct arena *arena = arena_new();
	const struct visitor visitors[] = {
		{ false, false, AGENT_BROWSER, "0123abcd" },
		{ true, true, AGENT_NONE, NULL },
		{ false, true, AGENT_GMAIL, "ffffffff" },
	};
	for (size_t i = 0; i < sizeof visitors / sizeof *visitors; i++)
		for (enum hit_kind kind = HIT_OPEN; kind <= HIT_CLICK; kind++) {
			struct hit hit = hit_of(kind, &click, &visitors[i], (struct moment){ 1795000000123 + (int64_t)i }, arena),
					   back;
			const char *line = hit_line(&hit, arena);
			cr_assert(hit_of_line(line, arena, &back) && same(&hit, &back), "%s", line);
			cr_expect(strlen(line) < SPOOL_LINE_MAX && !strchr(line, '\n'));
			cr_expect_eq(back.link, kind == HIT_CLICK ? 3 : COUNT_NONE);
		}
	arena_free(arena);
}

Test(recording, a_line_that_is_cut_or_changed_is_none_or_another_hit) {
	struct arena *arena = arena_new();
	const struct visitor visitor = { false, false, AGENT_BROWSER, "0123abcd" };
	const struct hit hit = hit_of(HIT_CLICK, &click, &visitor, (struct moment){ 1795000000123 }, arena);
	struct hit back;
	char *line = arena_copy(arena, hit_line(&hit, arena));
	size_t size = strlen(line);
	for (size_t cut = 0; cut < size; cut++) {
		cr_expect(!hit_of_line(arena_copy_bytes(arena, line, cut), arena, &back), "cut at %zu", cut);
		cr_expect(!hit_of_line(line + cut + 1, arena, &back) || cut < 12, "from %zu", cut + 1);
	}
	static const char *const none[] = { "", "1", "1 ", "0 {}", "1 {}", "1 []", "1 {\"id\":\"x\"}", "-1 {}", "x {}" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		cr_expect(!hit_of_line(none[i], arena, &back), "%s", none[i]);
	arena_free(arena);
}
