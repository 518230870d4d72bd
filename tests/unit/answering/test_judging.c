/* Who caused a hit: every row of the rules. */
#include <criterion/criterion.h>

#include "answering/judging.h"
#include "core/base/text.h"

#define DAY 1795000000000
enum { HITS = 20 };

/* Hits by hand: kind, mail, link, milliseconds since their mail was accepted, agent, network. */
struct given {
	enum hit_kind kind;
	int index, link;
	int64_t after_ms;
	enum agent agent;
	const char *network;
	bool is_head, is_prefetch;
	enum hit_class as;
	enum hit_reason because;
};

static void expect_as(const char *name, const struct given *given, int count, int links) {
	struct arena *arena = arena_new();
	struct hit hits[HITS];
	struct judged_hit judged[HITS];
	for (int i = 0; i < count; i++) {
		hits[i] = (struct hit){ .id = arena_print(arena, "%024d", i),
			                    .block = 0,
			                    .index = given[i].index,
			                    .link = given[i].link,
			                    .hour = COUNT_NONE,
			                    .kind = given[i].kind,
			                    .at = { DAY + given[i].after_ms },
			                    .visitor = { given[i].is_head, given[i].is_prefetch, given[i].agent,
			                                 given[i].network } };
		/* Backwards: what comes first is not what happened first. */
		judged[count - 1 - i] = (struct judged_hit){ &hits[i], { DAY }, "example.org" };
	}
	hits_judge(judged, count, links, arena);
	for (int i = 0; i < count; i++)
		cr_expect(hits[i].judged_as == given[i].as && hits[i].because == given[i].because, "%s, %d: %s, %s", name, i,
		          choice_name(&hit_classes, (int)hits[i].judged_as), choice_name(&hit_reasons, (int)hits[i].because));
	arena_free(arena);
}

#define EXPECT(name, links, ...)                           \
	expect_as(name, (const struct given[]){ __VA_ARGS__ }, \
	          (int)(sizeof(const struct given[]){ __VA_ARGS__ } / sizeof(struct given)), links)

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

Test(judging, what_a_hit_says_of_itself) {
	static const struct given rows[] = {
		{ HIT_OPEN, 0, -1, HOUR, AGENT_BROWSER, "a", .as = HIT_HUMAN },
		{ HIT_OPEN, 0, -1, HOUR, AGENT_OTHER, "a", .as = HIT_HUMAN },
		{ HIT_OPEN, 0, -1, HOUR, AGENT_GMAIL, "a", .as = HIT_HUMAN, .because = REASON_PICTURES },
		{ HIT_OPEN, 0, -1, HOUR, AGENT_YAHOO, "a", .as = HIT_HUMAN, .because = REASON_PICTURES },
		{ HIT_OPEN, 0, -1, HOUR, AGENT_BARE, "a", .as = HIT_PROXY, .because = REASON_PRIVACY },
		{ HIT_OPEN, 0, -1, HOUR, AGENT_NONE, "a", .as = HIT_UNKNOWN, .because = REASON_SILENT },
		{ HIT_OPEN, 0, -1, HOUR, AGENT_SCANNER, "a", .as = HIT_MACHINE, .because = REASON_SCANNER },
		{ HIT_OPEN, 0, -1, HOUR, AGENT_PROGRAM, "a", .as = HIT_MACHINE, .because = REASON_PROGRAM },
		{ HIT_OPEN, 0, -1, HOUR, AGENT_BROWSER, "a", .is_head = true, .as = HIT_MACHINE, .because = REASON_HEAD },
		{ HIT_OPEN, 0, -1, HOUR, AGENT_BROWSER, "a", .is_prefetch = true, .as = HIT_MACHINE,
		  .because = REASON_PREFETCH },
		{ HIT_OPEN, 0, -1, -1, AGENT_BROWSER, "a", .as = HIT_MACHINE, .because = REASON_EARLY },
		{ HIT_OPEN, 0, -1, 0, AGENT_BROWSER, "a", .as = HIT_HUMAN },
		{ HIT_CLICK, 0, 0, HOUR, AGENT_BROWSER, "a", .as = HIT_HUMAN },
		{ HIT_CLICK, 0, 0, HOUR, AGENT_BARE, "a", .as = HIT_MACHINE, .because = REASON_BARE_CLICK },
		{ HIT_CLICK, 0, 0, HOUR, AGENT_NONE, "a", .as = HIT_UNKNOWN, .because = REASON_SILENT },
		{ HIT_CLICK, 0, 0, HOUR, AGENT_GMAIL, "a", .as = HIT_UNKNOWN, .because = REASON_PICTURES },
		{ HIT_CLICK, 0, 0, HOUR, AGENT_SCANNER, "a", .as = HIT_MACHINE, .because = REASON_SCANNER },
		{ HIT_CLICK, 0, 0, -5, AGENT_BROWSER, "a", .as = HIT_MACHINE, .because = REASON_EARLY },
		{ HIT_CLICK, 0, 0, SOON_MS - 1, AGENT_BROWSER, "a", .as = HIT_UNKNOWN, .because = REASON_SOON },
		{ HIT_CLICK, 0, 0, SOON_MS, AGENT_BROWSER, "a", .as = HIT_HUMAN },
		{ HIT_UNSUBSCRIBE, 0, -1, 1, AGENT_NONE, "a", .as = HIT_HUMAN },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		expect_as("alone", &rows[i], 1, 4);
}

#define CLICK(mail, number, ms, from, ...) { HIT_CLICK, mail, number, ms, AGENT_BROWSER, from, __VA_ARGS__ }
#define MACHINE(reason) .as = HIT_MACHINE, .because = (reason)

Test(judging, many_links_at_once_are_a_machine_also_backwards) {
	EXPECT("three within ten seconds", 10,
	       { HIT_OPEN, 0, -1, HOUR + 1, AGENT_BROWSER, "a", MACHINE(REASON_MANY_LINKS) },
	       CLICK(0, 0, HOUR, "a", MACHINE(REASON_MANY_LINKS)),
	       CLICK(0, 1, HOUR + 5000, "b", MACHINE(REASON_MANY_LINKS)),
	       CLICK(0, 2, HOUR + BURST_MS, "c", MACHINE(REASON_MANY_LINKS)), CLICK(0, 3, 2 * HOUR, "d", .as = HIT_HUMAN),
	       CLICK(1, 0, HOUR, "a", .as = HIT_HUMAN));
	EXPECT("a little slower", 10, CLICK(0, 0, HOUR, "a", .as = HIT_HUMAN),
	       CLICK(0, 1, HOUR + 5000, "a", .as = HIT_HUMAN), CLICK(0, 2, HOUR + BURST_MS + 1, "a", .as = HIT_HUMAN));
	EXPECT("the same link again and again", 10, CLICK(0, 1, HOUR, "a", .as = HIT_HUMAN),
	       CLICK(0, 1, HOUR + 1, "a", .as = HIT_HUMAN), CLICK(0, 1, HOUR + 2, "a", .as = HIT_HUMAN),
	       CLICK(0, 2, HOUR + 3, "a", .as = HIT_HUMAN));
}

Test(judging, all_links_within_a_minute_are_a_machine) {
	EXPECT("three of three", 3, CLICK(0, 0, HOUR, "a", MACHINE(REASON_ALL_LINKS)),
	       CLICK(0, 1, HOUR + 30000, "b", MACHINE(REASON_ALL_LINKS)),
	       CLICK(0, 2, HOUR + BURST_ALL_MS, "c", MACHINE(REASON_ALL_LINKS)));
	EXPECT("three of four", 4, CLICK(0, 0, HOUR, "a", .as = HIT_HUMAN), CLICK(0, 1, HOUR + 30000, "a", .as = HIT_HUMAN),
	       CLICK(0, 2, HOUR + BURST_ALL_MS, "a", .as = HIT_HUMAN));
	EXPECT("two of two is nothing", 2, CLICK(0, 0, HOUR, "a", .as = HIT_HUMAN),
	       CLICK(0, 1, HOUR + 1, "a", .as = HIT_HUMAN));
}

Test(judging, who_comes_from_elsewhere_later_is_judged_afresh) {
	EXPECT("the network of a burst", 10, CLICK(0, 0, HOUR, "a", MACHINE(REASON_MANY_LINKS)),
	       CLICK(0, 1, HOUR + 1, "a", MACHINE(REASON_MANY_LINKS)),
	       CLICK(0, 2, HOUR + 2, "a", MACHINE(REASON_MANY_LINKS)),
	       { HIT_OPEN, 0, -1, MINUTE, AGENT_BROWSER, "a", MACHINE(REASON_SAME_NETWORK) },
	       CLICK(0, 0, 2 * HOUR, "a", MACHINE(REASON_SAME_NETWORK)), CLICK(0, 0, 2 * HOUR + 1, "b", .as = HIT_HUMAN),
	       { HIT_UNSUBSCRIBE, 0, -1, 2 * HOUR, AGENT_BROWSER, "a", .as = HIT_HUMAN });
}

Test(judging, one_network_at_many_people_at_once_is_a_machine) {
#define SEEN(mail, ms, from, ...) { HIT_OPEN, mail, -1, ms, AGENT_BROWSER, from, __VA_ARGS__ }
	EXPECT("five", 10, SEEN(0, 100, "a", MACHINE(REASON_SWEEP)), SEEN(1, 100, "a", MACHINE(REASON_SWEEP)),
	       SEEN(2, 100, "a", MACHINE(REASON_SWEEP)), SEEN(3, 100, "a", MACHINE(REASON_SWEEP)),
	       SEEN(4, SWEEP_MS, "a", MACHINE(REASON_SWEEP)), SEEN(5, 100, "b", .as = HIT_HUMAN),
	       SEEN(0, HOUR, "a", .as = HIT_HUMAN));
	EXPECT("four, one twice", 10, SEEN(0, 100, "a", .as = HIT_HUMAN), SEEN(1, 100, "a", .as = HIT_HUMAN),
	       SEEN(2, 100, "a", .as = HIT_HUMAN), SEEN(3, 100, "a", .as = HIT_HUMAN), SEEN(3, 200, "a", .as = HIT_HUMAN),
	       SEEN(4, SWEEP_MS + 1, "a", .as = HIT_HUMAN));
}

Test(judging, the_order_of_hits_and_judging_again_change_nothing) {
	struct arena *arena = arena_new();
	unsigned seed = 7;
	for (int round = 0; round < 300; round++) {
		struct hit hits[HITS], again[HITS];
		struct judged_hit one[HITS], other[HITS];
		for (int i = 0; i < HITS; i++) {
			seed = seed * 1103515245 + 12345;
			unsigned random = seed >> 8;
			hits[i] = (struct hit){ .id = arena_print(arena, "%024d", i),
				                    .index = random % 7,
				                    .link = random / 7 % 4,
				                    .hour = COUNT_NONE,
				                    .kind = random / 28 % HIT_KIND_COUNT,
				                    .at = { DAY + random / 100 % 90000 },
				                    .visitor = { .agent = random / 90 % AGENT_COUNT,
				                                 .network = random & 1   ? "a"
				                                            : random & 2 ? "b"
				                                                         : NULL } };
			again[i] = hits[i];
			one[i] = (struct judged_hit){ &hits[i], { DAY }, random & 4 ? "example.org" : NULL };
			other[HITS - 1 - i] = (struct judged_hit){ &again[i], { DAY }, one[i].domain };
		}
		hits_judge(one, HITS, 4, arena);
		hits_judge(other, HITS, 4, arena);
		hits_judge(other, HITS, 4, arena);
		for (int i = 0; i < HITS; i++)
			cr_assert(hits[i].judged_as == again[i].judged_as && hits[i].because == again[i].because, "round %d, %d",
			          round, i);
	}
	arena_free(arena);
}
