/* Rules as filters: what they are, and, if TEST_STORE_URI names a server, whom they find there. */
#include "unit/segments/crowd.h"

#include "segments/compile.h"

static struct compiled_rule compiled_of(const char *text, const struct rule_clock *clock, struct arena *in) {
	struct rule_reading reading;
	struct compiled_rule compiled;
	struct error wrong = ERROR_INIT;
	cr_assert(rule_read(text, world_names(), in, &reading, &wrong), "%s: %s", text, wrong.text);
	rule_compile(reading.rule, clock, in, &compiled);
	return compiled;
}

#define RULE(field, op, value) "{\"field\":\"" field "\",\"operator\":\"" op "\",\"value\":" value "}"
#define GROUP(match, rules) "{\"match\":\"" match "\",\"rules\":[" rules "]}"

static void expect_compiled(const char *text, const char *filter, bool decides, const char *lead) {
	ARENA_AUTO in = arena_new();
	const struct rule_clock clock = { WORLD_NOW, NULL };
	struct compiled_rule compiled = compiled_of(text, &clock, in);
	bson_t *bson = filter_to_bson(compiled.filter);
	char *json = bson_as_relaxed_extended_json(bson, NULL);
	cr_expect_str_eq(json, filter);
	cr_expect_eq(compiled.decides, decides, "%s", text);
	cr_expect(text_same(compiled.lead, lead), "%s: %s", text, compiled.lead ? compiled.lead : "none");
	bson_free(json);
	bson_destroy(bson);
}

Test(compile, filters) {
	expect_compiled("ALL", "{ }", true, NULL);
	expect_compiled("vip", "{ \"tags\" : \"vip\" }", true, "tags");
	expect_compiled(RULE("company", "is", "\"ACME\""), "{ \"company_fold\" : \"acme\" }", true, "company_fold");
	expect_compiled(RULE("company", "is_not", "\"ACME\""), "{ \"$nor\" : [ { \"company_fold\" : \"acme\" } ] }", true,
	                NULL);
	expect_compiled(RULE("email", "is", "\"ÄB@x.de\""), "{ \"email_norm\" : \"Äb@x.de\" }", true, "email_norm");
	expect_compiled(RULE("active", "is", "true"), "{ \"is_active\" : { \"$ne\" : false } }", true, NULL);
	expect_compiled(RULE("custom.visits", "at_least", "2.5"),
	                "{ \"attributes\" : { \"$elemMatch\" : { \"key\" : \"visits\", \"number\" : { \"$gte\" : 2.5 } } } "
	                "}",
	                true, "attributes");
	expect_compiled(RULE("last_campaigns", "opened_none", "2"), "{ }", false, NULL);
	expect_compiled(RULE("campaign", "opened", "\"" CAMPAIGN_NEW "\""), "{ \"engagement.opened\" : { \"$gt\" : 0 } }",
	                false, NULL);
}

Test(compile, groups) {
	expect_compiled(GROUP("all",
	                      RULE("company", "contains",
	                           "\"x\"") "," RULE("list", "on", "\"" LIST_A "\"") "," RULE("tag", "has", "\"vip\"")),
	                "{ \"company_fold\" : { \"$regex\" : { \"$regularExpression\" : { \"pattern\" : \"x\", \"options\" "
	                ": \"\" } } }, "
	                "\"list_ids\" : { \"$oid\" : \"" LIST_A "\" }, \"tags\" : \"vip\" }",
	                true, "tags");
	expect_compiled(GROUP("any", RULE("tag", "has", "\"vip\"") "," RULE("list", "on", "\"" LIST_A "\"")),
	                "{ \"$or\" : [ { \"tags\" : \"vip\" }, { \"list_ids\" : { \"$oid\" : \"" LIST_A "\" } } ] }", true,
	                "list_ids");
	expect_compiled(GROUP("any", RULE("tag", "has", "\"vip\"") "," RULE("tag", "empty", "null")),
	                "{ \"$or\" : [ { \"tags\" : \"vip\" }, { \"$nor\" : [ { \"tags\" : { \"$gt\" : \"\" } } ] } ] }",
	                true, NULL);
	expect_compiled(GROUP("not", RULE("tag", "has", "\"vip\"") "," RULE("campaign", "opened", "\"" CAMPAIGN_NEW "\"")),
	                "{ \"$nor\" : [ { \"tags\" : \"vip\" } ] }", false, NULL);
	expect_compiled(GROUP("not", GROUP("all", RULE("tag", "has", "\"vip\"") "," RULE("tag", "has_not", "\"x\""))),
	                "{ \"$or\" : [ { \"$nor\" : [ { \"tags\" : \"vip\" } ] }, { \"tags\" : \"x\" } ] }", true, NULL);
}

/* The tests below need a server. */
TestSuite(filters, .init = open_all, .fini = close_all, .timeout = 240);

/* One letter a person: is in the filter's people, and meets the rule. */
static const char *found_by(const struct compiled_rule *compiled, const struct rule_clock *clock, struct arena *in) {
	char *found = arena_alloc(in, PEOPLE + 1);
	struct facts *rows;
	int count;
	memset(found, '.', PEOPLE);
	cr_assert(store_list(store, "contacts", compiled->filter, SORT(asc("_id")), PEOPLE, &facts_record, in,
	                     (void **)&rows, &count, &err),
	          "%s", err.text);
	if (!compiled->decides)
		cr_assert(facts_read_deeds(store, &compiled->campaign_ids, rows, count, in, &err), "%s", err.text);
	for (int i = 0; i < count; i++)
		if (compiled->decides || rule_meets(compiled->rule, &rows[i], clock))
			found[strtol(rows[i].id, NULL, 16)] = 'x';
	return found;
}

Test(filters, the_filter_finds_whom_the_rule_meets) {
	struct dice dice = { 4711 };
	struct zone *berlin = zone_open("Europe/Berlin");
	const struct rule_clock clock = { WORLD_NOW, berlin };
	const struct facts *people = add_people(&dice);
	int some = 0, rules = rules_tried();
	for (int round = 0; round < rules; round++) {
		ARENA_AUTO in = arena_new();
		BUF_AUTO text = { 0 };
		put_rule(&dice, round % 4, &text);
		struct compiled_rule compiled = compiled_of(buf_text(&text), &clock, in);
		const char *expected = expected_of(compiled.rule, people, &clock, in);
		some += strchr(expected, 'x') && strchr(expected, '.');
		cr_assert_str_eq(found_by(&compiled, &clock, in), expected, "%s (round %d)", buf_text(&text), round);
	}
	cr_expect_gt(some, rules / 2);
	zone_close(berlin);
}
