/* Lists as rules. */
#include "segments/list_rule.h"
#include "segments/words.h"
#include "unit/segments/world.h"

#define VIP "{\"field\":\"tag\",\"operator\":\"has\",\"value\":\"vip\"}"
#define NAMED "{\"field\":\"company\",\"operator\":\"not_empty\"}"

static struct list list_with(const char *id, unsigned type, const char *rule, const char *base) {
	struct list list;
	record_clear(&list_record, &list);
	list.id = id;
	list.name = id;
	list.list_type = type;
	list.rule = rule;
	list.base_list_id = base;
	return list;
}

static const char *words_of(const struct list *list, const struct list *all, int count, bool subscribed,
                            struct arena *arena) {
	struct error err = ERROR_INIT;
	const struct rule *rule;
	return list_rule_of(list, all, count, subscribed, world_names(), arena, &rule, &err)
	           ? rule_words(rule, arena)
	           : arena_print(arena, "%s: %s", err.field, err.text);
}

Test(list_rule, says_who_is_on_a_list_of_any_kind) {
	ARENA_AUTO arena = arena_new();
	const struct list all[] = {
		list_with(LIST_A, LIST_OBSERVED, NULL, NULL),
		list_with(LIST_B, LIST_STATIC, NULL, NULL),
		list_with("dynamic", LIST_DYNAMIC, VIP, NULL),
		list_with("part", LIST_SEGMENTED, VIP, LIST_B),
		list_with("inner", LIST_SEGMENTED, NAMED, "part"),
		list_with("orphan", LIST_SEGMENTED, VIP, LIST_GONE),
		list_with("loop", LIST_SEGMENTED, VIP, "loop two"),
		list_with("loop two", LIST_SEGMENTED, VIP, "loop"),
		list_with("broken", LIST_DYNAMIC, "{}", NULL),
		list_with(LIST_RULED, LIST_DYNAMIC, VIP, NULL),
		list_with("of ruled", LIST_SEGMENTED, NAMED, LIST_RULED),
	};
	static const struct {
		int list;
		bool subscribed;
		const char *words;
	} rows[] = {
		{ 0, false, "Is on the list Newsletter" },
		{ 1, true, "Is subscribed to Offers" },
		{ 2, true, "Has the tag vip" },
		{ 3, true, "Is subscribed to Offers, and has the tag vip" },
		{ 4, false, "Is on the list Offers, and (has the tag vip, and company is not empty)" },
		{ 5, false, "base_list_id: The list that this one is a part of is gone" },
		{ 6, false, "base_list_id: “loop” is a part of this list" },
		{ 9, false, "Has the tag vip" },
		{ 9, true, "Has the tag vip, and not: has unsubscribed from Ruled" },
		{ 10, true, "(Has the tag vip, and not: has unsubscribed from Ruled), and company is not empty" },
	};
	for (int i = 0; i < COUNT(rows); i++)
		cr_expect_str_eq(words_of(&all[rows[i].list], all, COUNT(all), rows[i].subscribed, arena), rows[i].words);
	cr_expect(text_starts(words_of(&all[8], all, COUNT(all), false, arena), "rule: "));
}

Test(list_rule, lists_are_parts_of_one_another_only_so_far) {
	ARENA_AUTO arena = arena_new();
	struct list all[LIST_BASES_MAX + 2];
	for (int i = 0; i < COUNT(all); i++)
		all[i] = list_with(i ? arena_print(arena, "%d", i) : LIST_B, i ? LIST_SEGMENTED : LIST_STATIC, i ? VIP : NULL,
		                   i ? all[i - 1].id : NULL);
	cr_expect_not(text_starts(words_of(&all[LIST_BASES_MAX], all, COUNT(all), false, arena), "base_list_id"));
	cr_expect_str_eq(words_of(&all[LIST_BASES_MAX + 1], all, COUNT(all), false, arena),
	                 "base_list_id: Only 4 lists can be parts of one another");
}
