/* What may be saved as a segment, and what names one. */
#include "unit/segments/world.h"

#include "segments/segment.h"

#define VIP "{\"field\":\"tag\",\"operator\":\"has\",\"value\":\"vip\"}"

static void expect_problem(const char *name, const char *rule, const char *field, const char *text) {
	ARENA_AUTO in = arena_new();
	struct problems problems = { 0 };
	struct error wrong = ERROR_INIT;
	const struct segment_request request = { .name = name, .rule = rule };
	bool fine = segment_check(&request, world_names(), in, &problems, &wrong);
	cr_expect_eq(fine, field == NULL, "%s: %s", name, wrong.text);
	if (field)
		cr_expect(problems_of(&problems, field) && strstr(problems_of(&problems, field), text), "%s: %s", field,
		          problems_text(&problems, in));
}

Test(segment, what_is_wrong_is_said_by_its_place) {
	const char *deep = "{\"field\":\"tag\",\"operator\":\"has\",\"value\":\"x\"}";
	ARENA_AUTO in = arena_new();
	for (int i = 0; i < 50; i++)
		deep = arena_print(in, "{\"match\":\"all\",\"rules\":[%s]}", deep);
	expect_problem("fine", VIP, NULL, NULL);
	expect_problem("ALL", VIP, "name", "stands for all contacts");
	expect_problem("a.b", VIP, "name", "cannot be a name");
	expect_problem("$x", VIP, "name", "cannot be a name");
	expect_problem("fine", NULL, "rule", "Say who");
	expect_problem("fine", deep, "rule", "deeper");
	expect_problem("fine",
	               "{\"match\":\"all\",\"rules\":[" VIP
	               ",{\"field\":\"list\",\"operator\":\"on\",\"value\":\"list_" LIST_GONE "\"}]}",
	               "rule.rules[1].value", "deleted");
	expect_problem("good", "{\"field\":\"segment\",\"operator\":\"in\",\"value\":\"better\"}",
	               "rule.value.rules[0].value", "contain itself");
	expect_problem("fine",
	               "{\"match\":\"all\",\"rules\":[{\"field\":\"custom.$a.b\",\"operator\":\"is\",\"value\":\"\"}]}",
	               "rule.rules[0].value", "");
}

Test(segment, who_names_it) {
	ARENA_AUTO in = arena_new();
	cr_expect(rule_text_names("Best", "best", in));
	cr_expect(rule_text_names("{\"match\":\"not\",\"rules\":[{\"field\":\"segment\",\"operator\":\"not_in\",\"value\":"
	                          "\"BEST\"}]}",
	                          "best", in));
	cr_expect_not(rule_text_names(VIP, "vip", in));
	cr_expect_not(rule_text_names(NULL, "vip", in));
	cr_expect_not(rule_text_names("{", "vip", in));
}
