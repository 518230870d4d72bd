/* Why a campaign did badly, as far as it is known. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "core/base/calendar.h"
#include "insights/why.h"

/* A Thursday, 15:00 UTC. */
static const struct moment sent_at = { 20720 * DAY_MS + 15 * (int64_t)HOUR_MS };

/* Nothing stands out: a weekly campaign to a list, as large as usual, that broke a limit. */
static struct circumstances usual_one(void) {
	struct circumstances around = {
		.broken = { { LIMIT_HARD_BOUNCES, 49, 609, 8.05 } },
		.broken_count = 1,
		.metrics = { .sent = 609, .bounced = 63, .bounced_hard = 49, .bounced_soft = 14 },
		.of_list = true,
		.earlier = 12,
		.sent_at = sent_at,
		.previous = moment_add(sent_at, -7 * DAY_MS),
		.usual_days = 7,
		.usual_sent = 560,
		.weekdays = 1U << weekday_of(sent_at),
		.from_hour = 9,
		.to_hour = 16,
	};
	around.lost[LIMIT_HARD_BOUNCES] = (struct lost){ .people = 63,
		                                             .domain = "mail.example",
		                                             .of_domain = 20,
		                                             .domains = 9,
		                                             .domain_percent = 30,
		                                             .day = moment_add(sent_at, -4 * DAY_MS),
		                                             .of_day = 4,
		                                             .joined_day = 10 };
	return around;
}

static const char *words_of(const struct circumstances *around, struct arena *arena) {
	struct why_sentence sentences[WHY_MAX];
	BUF_AUTO out = { 0 };
	int count = why_of(around, arena, sentences);
	cr_assert(count > 0 && count <= WHY_MAX);
	for (int i = 0; i < count; i++)
		buf_print(&out, "%s%s%s%s", i ? " " : "", sentences[i].before, sentences[i].domain ? sentences[i].domain : "",
		          sentences[i].after ? sentences[i].after : "");
	return arena_copy(arena, buf_text(&out));
}

#define EXPECT_WORDS(around, words) cr_expect_str_eq(words_of(&(around), arena), words)

Test(why, it_says_that_it_does_not_know) {
	ARENA_AUTO arena = arena_new();
	struct circumstances around = usual_one();
	EXPECT_WORDS(around,
	             "Not known: the 63 who bounced share neither a mailbox provider nor a day of joining, and size "
	             "and time of sending were as usual.");
	around.lost[LIMIT_HARD_BOUNCES] = (struct lost){ .day = MOMENT_NONE };
	around.earlier = 2;
	EXPECT_WORDS(around,
	             "Not known: who bounced is not named yet, and there are too few earlier campaigns to compare it "
	             "with.");
	around.lost[LIMIT_HARD_BOUNCES].people = 1;
	EXPECT_WORDS(around, "Not known: only 1 of those who bounced is named, and there are too few earlier campaigns to "
	                     "compare it with.");
	around.broken_count = 0;
	around.earlier = 12;
	EXPECT_WORDS(around, "Not known: size and time of sending were as usual.");
}

Test(why, an_import_and_a_mailbox_provider) {
	ARENA_AUTO arena = arena_new();
	struct circumstances around = usual_one();
	struct lost *lost = &around.lost[LIMIT_HARD_BOUNCES];
	lost->of_day = 44;
	lost->joined_day = 120;
	EXPECT_WORDS(around,
	             "44 of the 63 who bounced joined on 20 Sep 2026, as did 120 contacts in all: probably an import. "
	             "Without that day's contacts the bounce rate would be 3.89\u00a0%.");
	lost->joined_day = 500; /* most people joined on that day anyway */
	cr_expect(strncmp(words_of(&around, arena), "Not known", 9) == 0);
	lost->of_domain = 45;
	lost->domain_percent = 4.12;
	EXPECT_WORDS(around, "45 of the 63 who bounced are at mail.example, which has 4.1\u00a0% of all contacts.");
	lost->domain_percent = NAN;
	EXPECT_WORDS(around, "45 of the 63 who bounced are at mail.example.");
	lost->domain_percent = 60; /* most people are there anyway */
	cr_expect(strncmp(words_of(&around, arena), "Not known", 9) == 0);
}

Test(why, the_next_limit_explains_itself_if_the_first_does_not) {
	ARENA_AUTO arena = arena_new();
	struct circumstances around = usual_one();
	around.broken[around.broken_count++] = (struct broken_limit){ LIMIT_UNSUBSCRIBES, 6, 609, 0.99 };
	around.lost[LIMIT_UNSUBSCRIBES] = (struct lost){ .people = 6,
		                                             .domain = "inbox.example",
		                                             .of_domain = 6,
		                                             .domains = 1,
		                                             .domain_percent = 12,
		                                             .day = MOMENT_NONE,
		                                             .joined_day = COUNT_NONE };
	cr_expect_eq(why_main(&around)->limit, LIMIT_HARD_BOUNCES);
	EXPECT_WORDS(around, "6 of the 6 who unsubscribed are at inbox.example, which has 12.0\u00a0% of all contacts.");
}

Test(why, history_size_and_time) {
	ARENA_AUTO arena = arena_new();
	struct circumstances around = usual_one();
	around.previous = moment_add(sent_at, -94 * DAY_MS);
	EXPECT_WORDS(around, "The list had got no campaign for 94 days.");
	around.usual_days = 90; /* as every quarter */
	cr_expect(strncmp(words_of(&around, arena), "Not known", 9) == 0);
	around.previous = moment_add(sent_at, -5 * (int64_t)HOUR_MS);
	around.usual_sent = 203;
	EXPECT_WORDS(around,
	             "The campaign before it to this list went out 5 hours earlier. It went to 609 people, 3.0 times as "
	             "many as usual.");
	around.previous = moment_add(sent_at, -1);
	around.usual_sent = NAN;
	EXPECT_WORDS(around, "The campaign before it to this list went out less than an hour earlier.");
	around = usual_one();
	around.weekdays = 1U << ((weekday_of(sent_at) + 1) % 7);
	around.to_hour = 12;
	EXPECT_WORDS(around,
	             "It went out on a Thursday, as none of the 12 before it did. It went out at 15:00 UTC, the 12 before "
	             "it between 9:00 and 12:59.");
	around = usual_one();
	around.earlier_broken = 9;
	EXPECT_WORDS(around,
	             "9 of the 12 campaigns before it to this list broke a limit, too: the list itself may be the reason.");
	around.earlier_broken = 5;
	cr_expect(strncmp(words_of(&around, arena), "Not known", 9) == 0);
	around.earlier = around.earlier_broken = 3;
	EXPECT_WORDS(around,
	             "All 3 campaigns before it to this list broke a limit, too: the list itself may be the reason.");
	around = usual_one();
	around.earlier = 0;
	around.usual_sent = around.usual_days = NAN;
	EXPECT_WORDS(around, "It is the first campaign to this list.");
	around.of_list = false; /* the campaign names no list */
	cr_expect(strncmp(words_of(&around, arena), "Not known", 9) == 0);
}
