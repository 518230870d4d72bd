/* What people did with their mails, folded from hits. */
#include <criterion/criterion.h>

#include "answering/answer.h"

#define DAY 1795000000000
enum { HITS = 16 };

static const char *const targets[] = { "https://h.example/a", "https://h.example/b", "https://h.example/a" };
static const int same_as[] = { 0, 1, 0 };
static const struct tracked_links links = { 3, (const char **)targets, same_as };

struct row {
	enum hit_kind kind;
	enum hit_class as;
	int index, link, second;
};

static struct answer_block fold(const struct row *rows, int count, struct arena *arena) {
	struct hit *hits = arena_array(arena, struct hit, HITS);
	struct judged_hit *judged = arena_array(arena, struct judged_hit, HITS);
	struct answer_block folded = { 0 };
	for (int i = 0; i < count; i++) {
		hits[i] = (struct hit){ .index = rows[i].index,
			                    .link = rows[i].link,
			                    .kind = rows[i].kind,
			                    .judged_as = rows[i].as,
			                    .at = { DAY + 1000 * (int64_t)rows[i].second } };
		judged[i] = (struct judged_hit){ &hits[i], { DAY }, NULL };
	}
	answers_fold(judged, count, &links, arena, &folded);
	return folded;
}
#define FOLD(...)                                                                                                    \
	fold((const struct row[]){ __VA_ARGS__ }, (int)(sizeof(const struct row[]){ __VA_ARGS__ } / sizeof(struct row)), \
	     arena)

Test(answer, people_count_once_and_hits_by_their_class) {
	struct arena *arena = arena_new();
	const struct answer_block block = FOLD({ HIT_OPEN, HIT_MACHINE, 0, -1, 1 }, { HIT_OPEN, HIT_HUMAN, 0, -1, 5 },
	                                       { HIT_OPEN, HIT_HUMAN, 0, -1, 9 }, { HIT_OPEN, HIT_PROXY, 3, -1, 2 },
	                                       { HIT_OPEN, HIT_MACHINE, 4, -1, 3 }, { HIT_CLICK, HIT_HUMAN, 6, 1, 8 },
	                                       { HIT_UNSUBSCRIBE, HIT_HUMAN, 6, -1, 9 },
	                                       { HIT_CLICK, HIT_UNKNOWN, 8, 1, 8 });
	const struct answers *sum = &block.sum;
	cr_expect_eq(sum->opened, 2, "one who opened, one who clicked");
	cr_expect_eq(sum->clicked, 1);
	cr_expect_eq(sum->unsubscribed, 1);
	cr_expect_eq(sum->proxied, 1);
	cr_expect_eq(sum->machined, 1);
	cr_expect(sum->human_opens == 2 && sum->machine_opens == 2 && sum->proxy_opens == 1 && sum->unknown_opens == 0);
	cr_expect(sum->human_clicks == 1 && sum->unknown_clicks == 1 && sum->machine_clicks == 0);
	const struct answer *first = answer_of(&block, 0), *sixth = answer_of(&block, 6);
	cr_assert(first && sixth && !answer_of(&block, 1) && !answer_of(&block, 9));
	cr_expect(first->opened_at.ms == DAY + 5000 && first->last_at.ms == DAY + 9000 && first->opens == 2 &&
	          first->machines == 1 && !moment_is_set(first->clicked_at));
	cr_expect(sixth->opened_at.ms == DAY + 8000 && sixth->clicked_at.ms == DAY + 8000 && sixth->opens == 0 &&
	          sixth->unsubscribed_at.ms == DAY + 9000);
	arena_free(arena);
}

Test(answer, links_count_by_place_and_by_target) {
	struct arena *arena = arena_new();
	const struct answer_block block = FOLD({ HIT_CLICK, HIT_HUMAN, 0, 2, 1 }, { HIT_CLICK, HIT_HUMAN, 0, 0, 2 },
	                                       { HIT_CLICK, HIT_HUMAN, 0, 0, 3 }, { HIT_CLICK, HIT_HUMAN, 1, 2, 3 },
	                                       { HIT_CLICK, HIT_MACHINE, 1, 1, 3 }, { HIT_CLICK, HIT_HUMAN, 2, 1, 9 });
	const struct link_answer *by_place = block.links.items, *by_target = block.targets.items;
	cr_assert_eq(block.links.count, 3);
	cr_expect(by_place[0].link == 0 && by_place[0].people == 1 && by_place[0].clicks == 2);
	cr_expect(by_place[1].link == 1 && by_place[1].people == 1 && by_place[1].clicks == 1);
	cr_expect(by_place[2].link == 2 && by_place[2].people == 2 && by_place[2].clicks == 2);
	cr_assert_eq(block.targets.count, 2);
	cr_expect(by_target[0].link == 0 && by_target[0].people == 2 && by_target[0].clicks == 4,
	          "who clicked both counts once");
	cr_expect(by_target[1].link == 1 && by_target[1].people == 1);
	arena_free(arena);
}

Test(answer, nothing_is_nothing) {
	struct arena *arena = arena_new();
	const struct answer_block block = fold(NULL, 0, arena);
	cr_expect(block.answers.count == 0 && block.links.count == 0 && block.sum.opened == 0 && !answer_of(&block, 0));
	arena_free(arena);
}
