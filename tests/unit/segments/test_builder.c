/* A rule as rows of a form, and back. */
#include "unit/segments/world.h"

#include "segments/builder.h"

static const char *text_of_form(const char *query, struct arena *in) {
	struct builder builder;
	struct params form;
	struct error wrong = ERROR_INIT;
	cr_assert(params_read(in, query, &form, &wrong), "%s", wrong.text);
	builder_from_form(&builder, &form, in);
	return builder_text(&builder, in);
}

static void expect_form(const char *query, const char *text) {
	ARENA_AUTO in = arena_new();
	cr_expect_str_eq(text_of_form(query, in), text, "%s gives %s", query, text_of_form(query, in));
}

#define ACME "{\"field\":\"company\",\"operator\":\"is\",\"value\":\"Acme\"}"
#define VIP "{\"field\":\"tag\",\"operator\":\"has\",\"value\":\"vip\"}"
#define ACME_ROW "field=company&op=is&value=Acme"
#define VIP_ROW "field=tag&op=has&value=vip"

Test(builder, rows_and_groups) {
	expect_form("", "");
	expect_form("match=any&" ACME_ROW "&" VIP_ROW, "{\"match\":\"any\",\"rules\":[" ACME "," VIP "]}");
	expect_form("match=all&" ACME_ROW "&group=not&" VIP_ROW,
	            "{\"match\":\"all\",\"rules\":[" ACME ",{\"match\":\"not\",\"rules\":[" VIP "]}]}");
	expect_form("match=all&group=any&" VIP_ROW,
	            "{\"match\":\"all\",\"rules\":[{\"match\":\"any\",\"rules\":[" VIP "]}]}");
	expect_form("field=tag&op=has_any&value=a,+b+,,c", "{\"match\":\"all\",\"rules\":[{\"field\":\"tag\",\"operator\":"
	                                                   "\"has_any\",\"value\":[\"a\",\"b\",\"c\"]}]}");
	expect_form("field=created&op=between&value=2026-01-01&value=2026-02-01",
	            "{\"match\":\"all\",\"rules\":[{\"field\":\"created\",\"operator\":\"between\","
	            "\"value\":[\"2026-01-01\",\"2026-02-01\"]}]}");
	expect_form("field=company&op=empty",
	            "{\"match\":\"all\",\"rules\":[{\"field\":\"company\",\"operator\":\"empty\"}]}");
	expect_form("use_json=1&rule_json=vip&" ACME_ROW, "vip");
}

Test(builder, buttons) {
	expect_form(ACME_ROW "&" VIP_ROW "&do=remove-0", "{\"match\":\"all\",\"rules\":[" VIP "]}");
	expect_form(ACME_ROW "&group=any&" VIP_ROW "&do=remove-1", "{\"match\":\"all\",\"rules\":[" ACME "]}");
	expect_form(ACME_ROW "&group=any&" VIP_ROW "&do=remove-group-1", "{\"match\":\"all\",\"rules\":[" ACME "]}");
	expect_form(ACME_ROW "&do=remove-99", "{\"match\":\"all\",\"rules\":[" ACME "]}");
	expect_form(ACME_ROW "&group=any&" VIP_ROW "&do=add",
	            "{\"match\":\"all\",\"rules\":[" ACME
	            ",{\"field\":\"\",\"operator\":\"\"},{\"match\":\"any\",\"rules\":[" VIP "]}]}");
	expect_form(ACME_ROW "&do=add-group", "{\"match\":\"all\",\"rules\":[" ACME
	                                      ",{\"match\":\"any\",\"rules\":[{\"field\":\"\",\"operator\":\"\"}]}]}");
}

static const char *again(const char *text, struct arena *in) {
	struct builder builder;
	builder_from_text(&builder, text, in);
	return builder_text(&builder, in);
}

/* Through rows a rule stays what it is; what rows cannot show stays text. */
Test(builder, random_rules) {
	struct dice dice = { 77 };
	int in_rows = 0;
	for (int round = 0; round < 500; round++) {
		ARENA_AUTO in = arena_new();
		BUF_AUTO text = { 0 };
		BUF_AUTO one = { 0 };
		BUF_AUTO other = { 0 };
		struct rule_reading before, after;
		struct error wrong = ERROR_INIT;
		struct builder builder;
		put_rule(&dice, round % 3, &text);
		builder_from_text(&builder, buf_text(&text), in);
		in_rows += builder.json == NULL;
		cr_assert(rule_read(buf_text(&text), world_names(), in, &before, &wrong), "%s", wrong.text);
		cr_assert(rule_read(again(buf_text(&text), in), world_names(), in, &after, &wrong), "%s: %s", buf_text(&text),
		          wrong.text);
		struct facts person;
		for (int i = 0; i < 40; i++) {
			const struct rule_clock clock = { WORLD_NOW, NULL };
			person = a_person(&dice, in, i);
			cr_assert_eq(rule_meets(before.rule, &person, &clock), rule_meets(after.rule, &person, &clock), "%s",
			             buf_text(&text));
		}
	}
	cr_expect_gt(in_rows, 250);
}

Test(builder, paths) {
	ARENA_AUTO in = arena_new();
	struct builder builder;
	struct params form;
	struct error wrong = ERROR_INIT;
	cr_assert(
		params_read(in, ACME_ROW "&" VIP_ROW "&group=any&" VIP_ROW "&" ACME_ROW "&group=not&" VIP_ROW, &form, &wrong));
	builder_from_form(&builder, &form, in);
	static const char *const paths[] = { "rules[0]", "rules[1]", "rules[2].rules[0]", "rules[2].rules[1]",
		                                 "rules[3].rules[0]" };
	for (int i = 0; i < COUNT(paths); i++)
		cr_expect_str_eq(builder_path(&builder, i, in), paths[i]);
}

Test(builder, as_many_as_fit) {
	ARENA_AUTO in = arena_new();
	BUF_AUTO query = { 0 };
	for (int i = 0; i < 45; i++)
		buf_print(&query, "%sfield=tag&op=%s", i ? "&" : "", i % 2 ? "empty" : "not_empty");
	const char *text = text_of_form(buf_text(&query), in);
	int rows = 0;
	for (const char *at = text; (at = strstr(at, "\"field\"")); at++)
		rows++;
	cr_expect_eq(rows, BUILDER_ROWS);
}
