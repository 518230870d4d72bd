/* To whom a composition goes. */
#include <criterion/criterion.h>
#include <string.h>

#include "composing/addressees.h"
#include "segments/words.h"

#define A "6748d0c1a2b3c4d5e6f70801"
#define B "6748d0c1a2b3c4d5e6f70802"

static struct arena *arena;
static struct list lists[] = { { .id = A, .name = "News", .is_active = true },
	                           { .id = B, .name = "Members", .is_active = true } };
static struct named_list named[] = { { A, "News" }, { B, "Members" } };
static const char *sent_to = B;
static struct named_campaign campaigns[1];
static struct composing_known known;
static struct composition said;

static void begin(void) {
	arena = arena_new();
	campaigns[0] = (struct named_campaign){ "6748d0c1a2b3c4d5e6f70803", "Old", { &sent_to, 1 }, { 100 * DAY_MS } };
	known = (struct composing_known){ { .lists = { named, 2 }, .campaigns = { campaigns, 1 } }, lists, 2 };
	said = composition_fresh("6748d0c1a2b3c4d5e6f70809", "UTC", NULL, NULL, arena);
}

static void end(void) {
	arena_free(arena);
}

TestSuite(addressees, .init = begin, .fini = end);

static struct strings texts(const char *one, const char *two) {
	struct strings made = { arena_array(arena, const char *, 2), 0 };
	made.items[made.count++] = one;
	if (two)
		made.items[made.count++] = two;
	return made;
}

/* NULL: nobody is chosen. */
static const struct rule *rule_at(int64_t now) {
	const struct rule *rule;
	struct error err = ERROR_INIT;
	cr_assert(addressees_rule(&said, &known, (struct moment){ now }, arena, &rule, &err), "%s", err.text);
	return rule;
}

Test(addressees, nobody_until_somebody_is_chosen) {
	cr_expect_null(rule_at(0));
	said.exclude.segments = texts("vip", NULL);
	cr_expect_null(rule_at(0), "excluding somebody chooses nobody");
}

Test(addressees, any_list_narrowed_to_any_segment) {
	said.list_ids = texts(A, B);
	said.target_segments = texts("vip", "new");
	const struct rule *rule = rule_at(0);
	const char *told = rule_words(rule, arena);
	cr_expect(strstr(told, "News") && strstr(told, "Members") && strstr(told, "vip") && strstr(told, "new"), "%s",
	          told);
	cr_assert(rule->kind == RULE_ALL && rule->count == 2);
	cr_expect(rule->rules[0].kind == RULE_ANY && rule->rules[1].kind == RULE_ANY);
	BUF_AUTO json = { 0 };
	struct rule_reading again;
	struct error err = ERROR_INIT;
	rule_write(rule, &json);
	cr_expect(rule_read(buf_text(&json), &known.names, arena, &again, &err), "it can be asked for by its text: %s",
	          err.text);
}

Test(addressees, everybody_narrows_nothing) {
	said.list_ids = texts(A, NULL);
	const char *alone = rule_words(rule_at(0), arena);
	said.target_segments = texts("ALL", NULL);
	cr_expect_str_eq(rule_words(rule_at(0), arena), alone);
	said.list_ids = (struct strings){ 0 };
	cr_expect_eq(rule_at(0)->kind, RULE_EVERYBODY);
}

Test(addressees, typed_people_are_added_in_as_many_conditions_as_it_takes) {
	enum { MANY = 250 };
	said.recipients = (struct strings){ arena_array(arena, const char *, MANY), MANY };
	for (int i = 0; i < MANY; i++)
		said.recipients.items[i] = arena_print(arena, "p%d@x.example", i);
	const struct rule *rule = rule_at(0);
	cr_expect(rule->kind == RULE_ANY && rule->count == 3);
}

Test(addressees, lists_with_a_recent_campaign_are_left_out) {
	said.target_segments = texts("ALL", NULL);
	said.exclude.days = 3;
	cr_expect(strstr(rule_words(rule_at(102 * DAY_MS), arena), "Members"), "sent two days ago");
	cr_expect_eq(rule_at(104 * DAY_MS)->kind, RULE_EVERYBODY, "four days ago");
}

Test(addressees, a_list_that_is_gone_is_told) {
	const struct rule *rule;
	struct error err = ERROR_INIT;
	said.list_ids = texts("6748d0c1a2b3c4d5e6f70888", NULL);
	cr_expect_not(addressees_rule(&said, &known, (struct moment){ 0 }, arena, &rule, &err));
	cr_expect_eq(err.kind, ERROR_INVALID);
}

Test(addressees, one_list_alone_decides_who_has_unsubscribed) {
	said.list_ids = texts(A, NULL);
	cr_expect_str_eq(addressees_list(&said), A);
	said.list_ids = texts(A, B);
	cr_expect_null(addressees_list(&said));
}
