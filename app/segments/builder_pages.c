/* The builder of rules as a part of forms. */
#include "segments/builder_pages.h"

#include <string.h>

#include "core/http/parts.h"
#include "segments/builder.h"

#define PROBLEM_PREFIX "rule"

enum { CAMPAIGNS_OFFERED = 200 };

bool rule_builder_was_edited(const struct exchange *x) {
	return params_get(&x->form, "do") != NULL;
}

const char *rule_builder_read(struct exchange *x, const struct rule_names *names) {
	struct builder *builder = arena_new_of(x->arena, struct builder);
	builder_from_form(builder, &x->form, x->arena);
	for (int i = 0; rule_builder_was_edited(x) && i < builder->count; i++) {
		unsigned types;
		const struct rule_operator *op = builder_operator(&builder->rows[i], names, &types);
		builder->rows[i].op = op ? op->key : "";
	}
	return builder_text(builder, x->arena);
}

void rule_builder_problems(struct exchange *x, const struct remarks *remarks) {
	for (int i = 0; i < remarks->count && i < REMARKS_MAX; i++) {
		const struct remark *remark = &remarks->items[i];
		struct error problem = ERROR_INIT;
		char *text = arena_copy(x->arena, remark->text);
		text_capitalize(text);
		(void)error_field(&problem,
		                  arena_print(x->arena, PROBLEM_PREFIX "%s%s", *remark->path ? "." : "", remark->path), "%s",
		                  text);
		problems_add(&x->problems, x->arena, &problem);
	}
}

/* The first problem of the condition itself or of one of its members. */
static const char *problem_of(const struct exchange *x, const char *id) {
	size_t size = strlen(id);
	for (int i = 0; i < x->problems.count; i++) {
		const struct problem *one = &x->problems.items[i];
		if (strncmp(one->field, id, size) == 0 && (!one->field[size] || one->field[size] == '.'))
			return one->text;
	}
	return NULL;
}

static void put_matches(struct value *view, const char *chosen) {
	struct value *matches = value_put(view, "matches", value_list(view->arena));
	put_choice(matches, "all", "all", text_same(chosen, "all"));
	put_choice(matches, "any", "any", text_same(chosen, "any"));
	put_choice(matches, "not", "none", text_same(chosen, "not"));
}

/* Fields by what they are about. A group begins with the named field. */
static const struct field_group {
	const char *label, *first;
} field_groups[] = {
	{ "Contact", "email" },   { "Tags and lists", "tag" }, { "Status", "status" },
	{ "Activity", "opened" }, { "Campaigns", "campaign" }, { "Segments", "segment" },
};
enum { FIELD_GROUPS = sizeof field_groups / sizeof *field_groups };

static struct value *begin_group(struct value *groups, const char *label) {
	struct value *group = value_push(groups, value_map(groups->arena));
	value_put_text(group, "label", label);
	return value_put(group, "options", value_list(groups->arena));
}

static void put_fields(struct value *row, const char *chosen, const struct rule_names *names) {
	struct arena *arena = row->arena;
	struct value *groups = value_put(row, "fields", value_list(arena)), *options = NULL;
	const struct named_custom *customs = names->customs.items;
	bool is_custom = text_starts(chosen, RULE_CUSTOM), is_defined = false;
	for (int i = 0; i < rule_field_count; i++) {
		for (int group = 0; group < FIELD_GROUPS; group++)
			if (text_same(field_groups[group].first, rule_fields[i].key))
				options = begin_group(groups, field_groups[group].label);
		put_choice(options, rule_fields[i].key, rule_fields[i].label, text_same(rule_fields[i].key, chosen));
	}
	if (names->customs.count || is_custom)
		options = begin_group(groups, "Custom fields");
	for (int i = 0; i < names->customs.count; i++) {
		const char *key = arena_print(arena, RULE_CUSTOM "%s", customs[i].key);
		bool is_chosen = text_same(key, chosen);
		is_defined = is_defined || is_chosen;
		put_choice(options, key, text_is_empty(customs[i].label) ? customs[i].key : customs[i].label, is_chosen);
	}
	if (is_custom && !is_defined)
		put_choice(options, chosen, chosen + strlen(RULE_CUSTOM), true);
}

static void put_operators(struct value *row, unsigned types, const struct rule_operator *chosen) {
	struct value *options = value_put(row, "operators", value_list(row->arena));
	for (int i = 0; i < rule_operator_count; i++)
		if (rule_operators[i].types & types)
			put_choice(options, rule_operators[i].key, rule_operators[i].label, &rule_operators[i] == chosen);
}

/* What may stand in a select of values; NULL if it is typed. */
static void put_lists(struct value *options, const struct rule_names *names, const char *chosen) {
	const struct named_list *lists = names->lists.items, *known = names_list(names, chosen);
	for (int i = 0; i < names->lists.count; i++)
		if (!lists[i].by_rule || &lists[i] == known)
			put_choice(options, lists[i].id, text_is_empty(lists[i].name) ? "(no name)" : lists[i].name,
			           &lists[i] == known);
}

static void put_campaigns(struct value *options, const struct rule_names *names, const char *chosen) {
	const struct named_campaign *campaigns = names->campaigns.items, *known = names_campaign(names, chosen);
	for (int i = 0, offered = 0; i < names->campaigns.count; i++) {
		bool is_offered = moment_is_set(campaigns[i].sent_at) && offered < CAMPAIGNS_OFFERED;
		offered += is_offered;
		if (is_offered || &campaigns[i] == known)
			put_choice(options, campaigns[i].id,
			           arena_print(options->arena, "%s, %s", campaigns[i].name,
			                       moment_is_set(campaigns[i].sent_at)
			                           ? text_of_day(options->arena, campaigns[i].sent_at)
			                           : "not sent"),
			           &campaigns[i] == known);
	}
}

static void put_words(struct value *options, const char *const *words, const char *const *labels, int count,
                      const char *chosen) {
	for (int i = 0; i < count; i++) {
		char *label = arena_copy(options->arena, labels ? labels[i] : words[i]);
		text_capitalize(label);
		put_choice(options, words[i], label,
		           chosen && strcmp(text_fold(options->arena, words[i]), text_fold(options->arena, chosen)) == 0);
	}
}

static const struct strings *custom_options(const struct rule_names *names, const char *field) {
	const struct named_custom *custom = text_starts(field, RULE_CUSTOM)
	                                        ? names_custom(names, field + strlen(RULE_CUSTOM))
	                                        : NULL;
	return custom && custom->type == CUSTOM_CHOICE ? &custom->options : NULL;
}

static struct value *select_of(const struct exchange *x, const struct builder_row *row, const struct rule_operator *op,
                               const struct rule_names *names) {
	static const char *const truths[] = { "true", "false" }, *const truth_labels[] = { "yes", "no" };
	const struct rule_field *field = rule_field_find(row->field);
	const struct named_custom *custom = text_starts(row->field, RULE_CUSTOM)
	                                        ? names_custom(names, row->field + strlen(RULE_CUSTOM))
	                                        : NULL;
	const struct strings *words = field && field->options ? field->options : custom_options(names, row->field);
	struct value *options = value_list(x->arena);
	const char *chosen = row->values[0];
	if (op->takes == TAKES_LIST)
		put_lists(options, names, chosen ? chosen : "");
	else if (op->takes == TAKES_CAMPAIGN)
		put_campaigns(options, names, chosen ? chosen : "");
	else if (op->takes == TAKES_TRUTH || (op->takes == TAKES_TEXT && custom && custom->type == CUSTOM_BOOLEAN))
		put_words(options, truths, truth_labels, 2, chosen);
	else if (op->takes == TAKES_TEXT && field && field->choices)
		put_words(options, field->choices->names, NULL, field->choices->count, chosen);
	else if (op->takes == TAKES_TEXT && words && words->count)
		put_words(options, words->items, NULL, words->count, chosen);
	else
		return NULL;
	return options;
}

/* How a typed value is asked for. */
static const struct control {
	enum rule_takes takes;
	const char *type, *attributes, *unit, *placeholder;
	bool is_pair;
} controls[] = {
	{ TAKES_TEXT, "text", "", "", "" },
	{ TAKES_TEXTS, "text", "", "", "vip, new-customer" },
	{ TAKES_NUMBER, "text", " inputmode=\"decimal\"", "", "" },
	{ TAKES_NUMBERS, "text", " inputmode=\"decimal\"", "", "", true },
	{ TAKES_DAY, "date", "", "", "" },
	{ TAKES_DAYS, "date", "", "", "", true },
	{ TAKES_DAY_COUNT, "text", " inputmode=\"numeric\"", "days", "30" },
	{ TAKES_CAMPAIGN_COUNT, "text", " inputmode=\"numeric\"", "campaigns", "3" },
	{ TAKES_SEGMENT, "text", " list=\"segment-names\"", "", "" },
};

static const struct control *control_of(enum rule_takes takes) {
	for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
		if (controls[i].takes == takes)
			return &controls[i];
	return NULL;
}

static void put_value(const struct exchange *x, struct value *view, const struct builder_row *row,
                      const struct rule_operator *op, const struct rule_names *names) {
	struct value *options = op && op->takes != TAKES_NOTHING ? select_of(x, row, op, names) : NULL;
	const struct control *control = op && !options ? control_of(op->takes) : NULL;
	struct value *input = control ? value_put(view, "input", value_map(x->arena)) : NULL;
	if (!input) {
		value_put_bool(view, "input", false);
	} else {
		value_put_text(input, "type", control->type);
		value_put_text(input, "mode", *control->attributes ? control->attributes : NULL);
		value_put_text(input, "unit", *control->unit ? control->unit : NULL);
		value_put_text(input, "placeholder", control->placeholder);
		value_put_text(input, "first", row->values[0] ? row->values[0] : "");
		value_put_bool(input, "is_pair", control->is_pair);
		value_put_text(input, "second", row->values[1] ? row->values[1] : "");
	}
	value_put_bool(view, "chooses", options != NULL);
	(void)value_put(view, "options", options ? options : value_list(x->arena));
}

static void put_row(const struct exchange *x, struct value *rows, const struct builder *builder, int number,
                    const struct rule_names *names) {
	const struct builder_row *row = &builder->rows[number];
	struct value *view = value_push(rows, value_map(x->arena));
	const char *id = arena_print(x->arena, PROBLEM_PREFIX ".%s", builder_path(builder, number, x->arena));
	unsigned types;
	const struct rule_operator *op = builder_operator(row, names, &types);
	value_put_text(view, "id", id);
	value_put_int(view, "number", number + 1);
	value_put_int(view, "index", number);
	value_put_text(view, "wrong", problem_of(x, id));
	value_put_bool(view, "is_new", !*row->field);
	put_fields(view, row->field, names);
	put_operators(view, types, op);
	put_value(x, view, row, op, names);
}

static void put_rows(const struct exchange *x, struct value *view, const struct builder *builder, int group,
                     const struct rule_names *names) {
	struct value *rows = value_put(view, "rows", value_list(x->arena));
	for (int i = 0; i < builder->count; i++)
		if (builder->rows[i].group == group)
			put_row(x, rows, builder, i, names);
}

static void put_segment_names(struct value *view, const struct rule_names *names) {
	struct value *list = value_put(view, "segment_names", value_list(view->arena));
	const struct named_segment *segments = names->segments.items;
	for (int i = 0; i < names->segments.count; i++)
		(void)value_push(list, value_text(view->arena, segments[i].name));
}

void rule_builder_put(struct exchange *x, struct value *view, const char *text, const struct rule_names *names,
                      const char *preview) {
	struct builder *builder = arena_new_of(x->arena, struct builder);
	struct value *all = value_put(view, "builder", value_map(x->arena));
	builder_from_text(builder, text, x->arena);
	value_put_text(all, "preview", preview);
	value_put_text(all, "json", builder->json ? builder->json : text ? text : "");
	value_put_bool(all, "is_json", builder->json != NULL);
	value_put_text(all, "wrong",
	               problem_of(x, PROBLEM_PREFIX) && builder->json ? problem_of(x, PROBLEM_PREFIX)
	                                                              : problems_of(&x->problems, PROBLEM_PREFIX));
	value_put_bool(all, "has_groups", builder->group_count > 0);
	put_matches(all, builder->match);
	put_rows(x, all, builder, 0, names);
	struct value *groups = value_put(all, "groups", value_list(x->arena));
	for (int group = 1; group <= builder->group_count; group++) {
		struct value *one = value_push(groups, value_map(x->arena));
		value_put_int(one, "number", group);
		value_put_text(one, "and", text_same(builder->match, "all") ? "and" : "or");
		put_matches(one, builder->groups[group]);
		put_rows(x, one, builder, group, names);
	}
	put_segment_names(all, names);
}
