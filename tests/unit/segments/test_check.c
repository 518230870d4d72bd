/* Who meets a rule, and why. */
#include "unit/segments/oracle.h"

static const struct rule *rule_of(struct arena *arena, const char *text) {
	struct rule_reading reading;
	struct error err = ERROR_INIT;
	cr_assert(rule_read(text, world_names(), arena, &reading, &err), "%s: %s", text, err.text);
	return reading.rule;
}

static struct rule_clock in_utc(void) {
	return (struct rule_clock){ WORLD_NOW, NULL };
}

static struct facts nobody_known(void) {
	struct facts facts;
	record_clear(&facts_record, &facts);
	return facts;
}

static bool meets(const char *text, const struct facts *facts) {
	ARENA_AUTO arena = arena_new();
	struct rule_clock clock = in_utc();
	return rule_meets(rule_of(arena, text), facts, &clock);
}

Test(check, agrees_with_the_oracle) {
	struct dice dice = { 20261127 };
	struct zone *berlin = zone_open("Europe/Berlin"), *lima = zone_open("America/Lima");
	for (int round = 0; round < 4000; round++) {
		ARENA_AUTO arena = arena_new();
		BUF_AUTO text = { 0 };
		struct error err = ERROR_INIT;
		struct value *json;
		const struct rule_clock clock = { WORLD_NOW, round % 3 == 0 ? NULL : round % 3 == 1 ? berlin : lima };
		put_rule(&dice, round % 4, &text);
		const struct rule *rule = rule_of(arena, buf_text(&text));
		cr_assert(json_read(arena, buf_text(&text), text.size, &json, &err), "%s", err.text);
		for (int i = 0; i < 8; i++) {
			struct facts person = a_person(&dice, arena, i);
			const struct oracle oracle = { &person, clock.zone, arena };
			cr_assert_eq(rule_meets(rule, &person, &clock), oracle_meets(&oracle, json), "%s (round %d)",
			             buf_text(&text), round);
		}
	}
	zone_close(berlin);
	zone_close(lima);
}

/* Ten people, a city for three of Rome and three of Oslo. */
Test(check, not_equal_counts_people_without_a_value) {
	static const char *const cities[] = { "rome", "rome", "rome", "oslo", "oslo", "oslo", NULL, NULL, NULL, "" };
	int not_rome = 0, without = 0, lacks = 0;
	for (int i = 0; i < COUNT(cities); i++) {
		struct facts person = nobody_known();
		person.location_fold = cities[i];
		not_rome += meets("{\"field\":\"location\",\"operator\":\"is_not\",\"value\":\"Rome\"}", &person);
		without += meets("{\"field\":\"location\",\"operator\":\"not_contains\",\"value\":\"ROM\"}", &person);
		lacks += meets("{\"field\":\"location\",\"operator\":\"empty\"}", &person);
	}
	cr_expect_eq(not_rome, 7);
	cr_expect_eq(without, 7);
	cr_expect_eq(lacks, 4);
}

Test(check, tags_and_lists_may_be_empty) {
	const char *vip[] = { "vip" }, *on[] = { LIST_A };
	struct facts none = nobody_known(), some = nobody_known();
	some.tags = (struct strings){ vip, 1 };
	some.list_ids = (struct strings){ on, 1 };
	cr_expect(meets("{\"field\":\"tag\",\"operator\":\"empty\"}", &none));
	cr_expect_not(meets("{\"field\":\"tag\",\"operator\":\"empty\"}", &some));
	cr_expect(meets("{\"field\":\"list\",\"operator\":\"empty\"}", &none));
	cr_expect_not(meets("{\"field\":\"list\",\"operator\":\"empty\"}", &some));
}

Test(check, a_name_is_everybody_a_segment_or_a_tag) {
	const char *vip[] = { "vip" };
	struct facts person = nobody_known();
	cr_expect(meets("ALL", &person) && meets(" all ", &person));
	cr_expect_not(meets("vip", &person) || meets("good", &person) || meets("better", &person));
	person.tags = (struct strings){ vip, 1 };
	cr_expect(meets("VIP", &person) && meets("good", &person));
	cr_expect_not(meets("better", &person));
	person.company_fold = "acme";
	cr_expect(meets("better", &person));
	cr_expect_not(meets("{\"match\":\"all\",\"rules\":[{\"field\":\"segment\",\"operator\":\"in\",\"value\":\"good\"},"
	                    "{\"field\":\"segment\",\"operator\":\"not_in\",\"value\":\"better\"}]}",
	                    &person));
}

/* A day of the calendar is the same in all zones, a moment is not. */
Test(check, days_are_those_of_the_zone) {
	ARENA_AUTO arena = arena_new();
	struct zone *lima = zone_open("America/Lima");
	const struct rule *added = rule_of(arena, "{\"field\":\"created\",\"operator\":\"on\",\"value\":\"2026-10-27\"}");
	const struct rule *born = rule_of(arena,
	                                  "{\"field\":\"custom.birthday\",\"operator\":\"on\",\"value\":\"2026-10-27\"}");
	struct attribute_fact birthday = { "birthday", "2026-10-27", NAN, at("2026-10-27") };
	struct facts person = nobody_known();
	person.created_at = at("2026-10-28T02:00:00Z");
	person.attributes = (struct rows){ &birthday, 1 };
	const struct rule_clock there = { WORLD_NOW, lima }, here = in_utc();
	cr_expect(rule_meets(added, &person, &there) && !rule_meets(added, &person, &here));
	cr_expect(rule_meets(born, &person, &there) && rule_meets(born, &person, &here));
	zone_close(lima);
}

static void expect_reasons(const char *text, const struct facts *facts, bool expected, const char *words) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO said_all = { 0 };
	const struct rule_clock clock = in_utc();
	bool is_met;
	struct rows rows = rule_reasons(rule_of(arena, text), facts, &clock, arena, &is_met);
	const struct reason *reasons = rows.items;
	for (int i = 0; i < rows.count; i++)
		buf_print(&said_all, "%s%s[%s: %s]", i ? " " : "", reasons[i].holds ? "+" : "-", reasons[i].path,
		          reasons[i].words);
	cr_expect_eq(is_met, expected);
	cr_expect_str_eq(buf_text(&said_all), words);
}

Test(check, says_why) {
	const char *vip[] = { "vip" };
	struct facts person = nobody_known();
	const char *rule = "{\"match\":\"all\",\"rules\":[{\"field\":\"company\",\"operator\":\"is\",\"value\":\"Acme\"},"
					   "{\"match\":\"any\",\"rules\":[{\"field\":\"tag\",\"operator\":\"has\",\"value\":\"vip\"},"
					   "{\"field\":\"tag\",\"operator\":\"has\",\"value\":\"new\"}]},"
					   "{\"match\":\"not\",\"rules\":[{\"field\":\"active\",\"operator\":\"is\",\"value\":false}]}]}";
	expect_reasons(rule, &person, false,
	               "-[rules[0]: company is Acme] -[rules[1].rules[0]: has the tag vip] -[rules[1].rules[1]: has the "
	               "tag new]");
	person.company_fold = "acme";
	person.tags = (struct strings){ vip, 1 };
	expect_reasons(rule, &person, true,
	               "+[rules[0]: company is Acme] +[rules[1].rules[0]: has the tag vip] -[rules[2].rules[0]: is not "
	               "active]");
	expect_reasons("ALL", &person, true, "");
	expect_reasons("better", &person, true, "+[rules[0].value: has the tag VIP] +[rules[1]: company is not empty]");
}
