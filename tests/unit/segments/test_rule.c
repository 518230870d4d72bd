/* Reading rules, and saying them. */
#include "segments/contradict.h"
#include "segments/words.h"
#include "unit/segments/world.h"

static struct rule_reading reading;
static struct error err;

static bool reads(struct arena *arena, const char *text) {
	err = ERROR_INIT;
	return rule_read(text, world_names(), arena, &reading, &err);
}

static void expect_problem(const char *text, const char *path, const char *words) {
	ARENA_AUTO arena = arena_new();
	cr_assert_not(reads(arena, text), "%s", text);
	cr_expect_str_eq(reading.problems.items[0].path, path);
	cr_expect_str_eq(reading.problems.items[0].text, words);
	cr_expect_eq(err.kind, ERROR_INVALID);
	cr_expect_null(reading.rule);
}

static void expect_words(const char *text, const char *words) {
	ARENA_AUTO arena = arena_new();
	cr_assert(reads(arena, text), "%s: %s", text, err.text);
	cr_expect_str_eq(rule_words(reading.rule, arena), words);
}

#define RULE(field, op, value) "{\"field\":\"" field "\",\"operator\":\"" op "\",\"value\":" value "}"
#define GROUP(match, rules) "{\"match\":\"" match "\",\"rules\":[" rules "]}"

Test(rule, problems_say_where_and_what) {
	expect_problem(RULE("compny", "is", "\"x\""), "field", "there is no field “compny”; do you mean “company”?");
	expect_problem(RULE("custom.vists", "is", "{}"), "value", "give a text");
	expect_problem(RULE("custm.visits", "is", "1"), "field",
	               "there is no field “custm.visits”; do you mean “custom.visits”?");
	expect_problem(RULE("shoe size", "is", "1"), "field", "there is no field “shoe size”");
	expect_problem(GROUP("all", RULE("company", "is", "\"x\"") "," RULE("company", "is", "\"\"")), "rules[1].value",
	               "give a text");
	expect_problem(GROUP("all", GROUP("any", RULE("list", "larger", "1"))), "rules[0].rules[0].operator",
	               "List takes: on, not_on, subscribed, not_subscribed, unsubscribed, pending, empty, not_empty");
	expect_problem(RULE("company", "one_of", "[\"a\", 5.5]"), "value[1]", "give a text");
	expect_problem(RULE("custom.visits", "between", "[5, 2]"), "value", "the first number is greater than the second");
	expect_problem(RULE("custom.visits", "equals", "\"many\""), "value", "give a number");
	expect_problem(RULE("custom.visits", "equals", "\"nan\""), "value", "give a number");
	expect_problem(RULE("created", "before", "\"2026-02-30\""), "value", "give a day such as 2026-11-27");
	expect_problem(RULE("created", "in_last_days", "0"), "value", "give a number of days from 1 to 36500");
	expect_problem(RULE("status", "is", "\"gone\""), "value",
	               "Status is one of: unknown, subscribed, pending, unsubscribed");
	expect_problem(RULE("company", "empty", "\"x\""), "value", "“is empty” takes no value");
	expect_problem("{\"field\":\"company\",\"operator\":\"is\",\"value\":\"x\",\"vlaue\":1}", "member",
	               "“vlaue” means nothing here");
	expect_problem(GROUP("all", ""), "rules", "add at least one rule; ALL means all contacts");
	expect_problem(GROUP("some", RULE("tag", "empty", "null")), "match", "say “all”, “any” or “not”");
	expect_problem(GROUP("all", "7"), "rules[0]",
	               "a rule is an object with “field” and “operator”, or with “match” and “rules”");
	expect_problem("", "", "choose a segment, a tag or rules; ALL means all contacts");
	expect_problem("looped", "rules[0].value", "the segment “looped” would contain itself");
	expect_problem("$where", "",
	               "“$where” cannot be a segment: its name has small letters, digits, spaces, “_” and “-”, at most 64, "
	               "and begins with a letter or digit");
}

Test(rule, all_problems_are_told) {
	ARENA_AUTO arena = arena_new();
	cr_assert_not(reads(arena, GROUP("all", RULE("compny", "is", "\"x\"") "," RULE("company", "is", "1.5"))));
	cr_expect_eq(reading.problems.count, 2);
	cr_expect_str_eq(reading.problems.items[1].path, "rules[1].value");
}

static const char *nested(struct arena *arena, int depth) {
	BUF_AUTO text = { 0 };
	for (int i = 0; i < depth; i++)
		buf_text_add(&text, "{\"match\":\"any\",\"rules\":[");
	buf_text_add(&text, RULE("company", "one_of", "[\"x\"]"));
	for (int i = 0; i < depth; i++)
		buf_text_add(&text, "]}");
	return arena_copy(arena, buf_text(&text));
}

Test(rule, has_limits) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO many = { 0 };
	cr_expect(reads(arena, nested(arena, 8)));
	expect_problem(nested(arena, 9), "rules[0].rules[0].rules[0].rules[0].rules[0].rules[0].rules[0].rules[0]",
	               "groups can stand 8 deep in one another, not deeper");
	expect_problem(nested(arena, 50), "", "groups can stand 8 deep in one another; these are deeper");
	expect_problem(nested(arena, 5000), "", "groups can stand 8 deep in one another; these are deeper");
	for (int i = 0; i < 101; i++)
		buf_print(&many, "%s%s", i ? "," : "", RULE("tag", "has", "\"x\""));
	expect_problem(arena_print(arena, GROUP("all", "%s"), buf_text(&many)), "rules[100]",
	               "a rule can have at most 100 conditions");
	char *text = arena_alloc(arena, 1002);
	memset(text, 'x', 1001);
	expect_problem(arena_print(arena, RULE("company", "is", "\"%s\""), text), "value",
	               "a text can have at most 1000 characters");
	text[1000] = '\0';
	cr_expect(reads(arena, arena_print(arena, RULE("company", "is", "\"%s\""), text)));
}

Test(rule, says_what_was_deleted) {
	ARENA_AUTO arena = arena_new();
	cr_assert(
		reads(arena, GROUP("any", RULE("list", "on",
	                                   "\"list_" LIST_GONE
	                                   "\"") "," RULE("campaign", "opened",
	                                                  "\"dddddddddddddddddddddddd\"") "," RULE("list", "on",
	                                                                                           "\"" LIST_A "\""))));
	cr_expect_eq(reading.gone.count, 2);
	cr_expect_str_eq(reading.gone.items[0].path, "rules[0].value");
	cr_expect_str_eq(reading.gone.items[0].text, "the list list_" LIST_GONE " is no longer there: it was deleted");
	cr_expect_str_eq(rule_words(reading.rule, arena),
	                 "Is on the list (a deleted list), or opened “(a deleted campaign)”, or is on the list Newsletter");
}

Test(rule, names_of_segments) {
	cr_expect(segment_name_is_valid("inactive-6months") && segment_name_is_valid("4 you_2"));
	cr_expect_not(segment_name_is_valid("") || segment_name_is_valid("VIP") || segment_name_is_valid("-x") ||
	              segment_name_is_valid(" x") || segment_name_is_valid("x,y") || segment_name_is_valid("x$y"));
	cr_expect(segment_name_is_valid("x234567890123456789012345678901234567890123456789012345678901234"));
	cr_expect_not(segment_name_is_valid("x2345678901234567890123456789012345678901234567890123456789012345"));
	cr_expect(segment_is_all("All") && !segment_is_all("all of them"));
}

Test(rule, words) {
	expect_words("ALL", "Everybody");
	expect_words("vip", "Has the tag vip");
	expect_words("good", "Is in the segment good");
	expect_words(GROUP("all", RULE("company", "is", "\"Acme\"") "," RULE("opened", "in_last_days", "30")),
	             "Company is Acme, and opened in the last 30 days");
	expect_words(GROUP("all",
	                   GROUP("any", RULE("tag", "has_any",
	                                     "[\"a\",\"b\",\"c\"]") "," RULE("tag", "empty",
	                                                                     "null")) "," GROUP("not", RULE("active", "is",
	                                                                                                    "true"))),
	             "(Has any of the tags a, b or c, or has no tags), and not: is active");
	expect_words(GROUP("not", RULE("source", "is", "\"typed\"") "," RULE("consent", "on_record", "null")),
	             "None of these: source is typed here, or has consent on record");
	expect_words(RULE("engaged", "not_in_last_days", "1"), "Has not opened or clicked in the last 1 day");
	expect_words(RULE("clicked", "at_least", "\"3\""), "Clicked in at least 3 campaigns");
	expect_words(RULE("campaign", "not_opened", "\"campaign_" CAMPAIGN_NEW "\""),
	             "Was sent “Autumn offer” but did not open it");
	expect_words(RULE("last_campaigns", "opened_none", "5"), "Opened none of the last 5 campaigns");
	expect_words(RULE("custom.birthday", "in_next_days", "7"), "Birthday in the next 7 days");
	expect_words(RULE("custom.birthday", "between", "[\"2026-01-02\",\"2026-03-04\"]"),
	             "Birthday between 2 Jan 2026 and 4 Mar 2026");
	expect_words(RULE("custom.visits", "at_most", "2.5"), "Visits is at most 2.5");
	expect_words(RULE("domain", "is_not", "\"@GMX.de\""), "Email domain is not GMX.de");
	expect_words(RULE("custom.free", "less", "7"), "Free is less than 7");
}

/* What is written is read as the same rule. */
Test(rule, is_written_as_it_was_read) {
	struct dice dice = { 7 };
	for (int round = 0; round < 500; round++) {
		ARENA_AUTO arena = arena_new();
		BUF_AUTO text = { 0 };
		BUF_AUTO once = { 0 };
		BUF_AUTO twice = { 0 };
		put_rule(&dice, round % 4, &text);
		cr_assert(reads(arena, buf_text(&text)), "%s: %s", buf_text(&text), err.text);
		rule_write(reading.rule, &once);
		cr_assert(reads(arena, buf_text(&once)), "%s: %s", buf_text(&once), err.text);
		rule_write(reading.rule, &twice);
		cr_assert_str_eq(buf_text(&once), buf_text(&twice));
	}
}

static int contradictions(struct arena *arena, const char *text, struct remarks *remarks) {
	const struct rule_clock clock = { WORLD_NOW, NULL };
	cr_assert(reads(arena, text), "%s: %s", text, err.text);
	rule_contradictions(reading.rule, &clock, arena, remarks);
	return remarks->count;
}

static void expect_contradiction(const char *rules, bool expected) {
	ARENA_AUTO arena = arena_new();
	struct remarks remarks;
	cr_expect_eq(contradictions(arena, arena_print(arena, GROUP("all", "%s"), rules), &remarks), expected, "%s", rules);
}

Test(rule, contradictions) {
	ARENA_AUTO arena = arena_new();
	struct remarks remarks;
	cr_expect_eq(contradictions(arena,
	                            GROUP("all", RULE("company", "is", "\"Acme\"") "," RULE("company", "is", "\"Beta\"")),
	                            &remarks),
	             1);
	cr_expect_str_eq(remarks.items[0].path, "rules[1]");
	cr_expect_str_eq(remarks.items[0].text, "nobody meets both “company is Acme” and “company is Beta”");
	expect_contradiction(RULE("company", "is", "\"Acme\"") "," RULE("company", "contains", "\"ACM\""), false);
	expect_contradiction(RULE("company", "is", "\"Acme\"") "," RULE("company", "ends", "\"x\""), true);
	expect_contradiction(RULE("company", "empty", "null") "," RULE("company", "begins", "\"x\""), true);
	expect_contradiction(RULE("email", "is", "\"a@x.de\"") "," RULE("email", "is", "\"b@x.de\""), true);
	expect_contradiction(RULE("created", "before", "\"2026-01-01\"") "," RULE("created", "in_last_days", "30"), true);
	expect_contradiction(RULE("created", "on", "\"2026-01-01\"") "," RULE("created", "after", "\"2025-12-31\""), false);
	expect_contradiction(RULE("custom.visits", "less", "3") "," RULE("custom.visits", "at_least", "3"), true);
	expect_contradiction(RULE("custom.visits", "at_most", "3") "," RULE("custom.visits", "at_least", "3"), false);
	expect_contradiction(RULE("tag", "has", "\"a\"") "," RULE("tag", "has_none", "[\"A\",\"b\"]"), true);
	expect_contradiction(RULE("list", "subscribed", "\"" LIST_A "\"") "," RULE("list", "not_on", "\"" LIST_A "\""),
	                     true);
	expect_contradiction(RULE("list", "subscribed", "\"" LIST_A "\"") "," RULE("list", "not_on", "\"" LIST_B "\""),
	                     false);
	expect_contradiction(RULE("opened", "at_least", "3") "," RULE("opened", "fewer_than", "2"), true);
	expect_contradiction(GROUP("any", RULE("company", "is", "\"a\"") "," RULE("company", "is",
	                                                                          "\"b\"")) "," RULE("tag", "empty",
	                                                                                             "null"),
	                     false);
	expect_contradiction(GROUP("any", RULE("company", "is",
	                                       "\"a\"") "," RULE("tag", "has", "\"b\"")) "," RULE("company", "is", "\"b\""),
	                     true);
}

/* Whoever is told that nobody meets two conditions finds nobody. */
Test(rule, contradictions_are_ones) {
	struct dice dice = { 99 };
	int found = 0;
	for (int round = 0; round < 40000; round++) {
		ARENA_AUTO arena = arena_new();
		BUF_AUTO text = { 0 };
		struct remarks remarks;
		const struct rule_clock clock = { WORLD_NOW, NULL };
		buf_text_add(&text, "{\"match\":\"all\",\"rules\":[");
		put_condition(&dice, &text);
		buf_char(&text, ',');
		put_condition(&dice, &text);
		buf_text_add(&text, "]}");
		if (!contradictions(arena, buf_text(&text), &remarks))
			continue;
		found++;
		for (int i = 0; i < 60; i++) {
			struct facts person = a_person(&dice, arena, i);
			cr_assert_not(rule_meets(reading.rule, &person, &clock), "%s", buf_text(&text));
		}
	}
	cr_expect_gt(found, 100);
}
