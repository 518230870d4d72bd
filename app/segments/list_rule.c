/* Lists as rules. */
#include "segments/list_rule.h"

static bool read_part(const char *text, const char *field, const struct rule_names *names, struct arena *arena,
                      const struct rule **rule, struct error *err) {
	struct rule_reading reading;
	struct error wrong = ERROR_INIT;
	if (rule_read(text, names, arena, &reading, &wrong)) {
		*rule = reading.rule;
		return true;
	}
	return wrong.kind == ERROR_INVALID ? error_field(err, field, "%s", wrong.text) : (*err = wrong, false);
}

const char *list_rule_text(const char *op, const char *list_id, struct arena *arena) {
	return arena_print(arena, "{\"field\":\"list\",\"operator\":\"%s\",\"value\":\"%s\"}", op, list_id);
}

/* One of a list with a rule. */
static bool read_ruled(const struct list *list, bool subscribed, const struct rule_names *names, struct arena *arena,
                       const struct rule **rule, struct error *err) {
	const struct rule *members, *left;
	if (!read_part(list->rule, "rule", names, arena, &members, err))
		return false;
	*rule = members;
	if (!subscribed || !names_list(names, list->id)) /* a list that is not stored yet: nobody has left it */
		return true;
	if (!read_part(arena_print(arena, "{\"match\":\"not\",\"rules\":[%s]}",
	                           list_rule_text("unsubscribed", list->id, arena)),
	               "rule", names, arena, &left, err))
		return false;
	*rule = rule_both(members, left, arena);
	return true;
}

static const struct list *with_id(const struct list *all, int count, const char *id) {
	for (int i = 0; i < count; i++)
		if (text_same(all[i].id, id))
			return &all[i];
	return NULL;
}

bool list_rule_of(const struct list *list, const struct list *all, int count, bool subscribed,
                  const struct rule_names *names, struct arena *arena, const struct rule **rule, struct error *err) {
	const struct rule *part, *whole = NULL;
	const char *first = list->id;
	for (int parts = 0; list; parts++) {
		bool has_rule = list->list_type == LIST_DYNAMIC || list->list_type == LIST_SEGMENTED;
		if (parts && text_same(list->id, first))
			return error_field(err, "base_list_id", "“%.60s” is a part of this list", list->name);
		if (parts > LIST_BASES_MAX)
			return error_field(err, "base_list_id", "Only %d lists can be parts of one another", LIST_BASES_MAX);
		if (has_rule ? !read_ruled(list, subscribed, names, arena, &part, err)
		             : !read_part(list_rule_text(subscribed ? "subscribed" : "on", list->id, arena), "base_list_id",
		                          names, arena, &part, err))
			return false;
		whole = whole ? rule_both(part, whole, arena) : part;
		if (list->list_type != LIST_SEGMENTED)
			break;
		list = with_id(all, count, list->base_list_id);
		if (!list)
			return error_field(err, "base_list_id", "The list that this one is a part of is gone");
	}
	*rule = whole;
	return true;
}

bool list_rule(struct store *store, const struct list *list, bool subscribed, const struct rule_names *names,
               struct arena *arena, const struct rule **rule, struct error *err) {
	struct list *all;
	int count;
	return list_all_kinds(store, arena, &all, &count, err) &&
	       list_rule_of(list, all, count, subscribed, names, arena, rule, err);
}

bool list_is_in_itself(const struct list *list, const struct list *all, int count) {
	const struct list *at = list;
	for (int parts = 0; at && at->list_type == LIST_SEGMENTED && parts <= count; parts++) {
		if (text_same(at->base_list_id, list->id))
			return true;
		at = with_id(all, count, at->base_list_id);
	}
	return false;
}
