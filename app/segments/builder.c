/* Rows of a form to a rule's text, and back. */
#include "segments/builder.h"

#include <stdlib.h>
#include <string.h>

#include "core/formats/json.h"
#include "segments/reading.h"

static const char *match_of(const char *text) {
	return text_same(text, "any") ? "any" : text_same(text, "not") ? "not" : "all";
}

static void add_row(struct builder *builder, int group) {
	int at = builder->count;
	if (builder->count == BUILDER_ROWS)
		return;
	while (at > 0 && builder->rows[at - 1].group > group) {
		builder->rows[at] = builder->rows[at - 1];
		at--;
	}
	builder->rows[at] = (struct builder_row){ .field = "", .op = "", .group = group };
	builder->count++;
}

static void add_group(struct builder *builder, const char *match) {
	if (builder->group_count == BUILDER_GROUPS || builder->count == BUILDER_ROWS)
		return;
	builder->groups[++builder->group_count] = match_of(match);
}

static void remove_row(struct builder *builder, int row) {
	if (row < 0 || row >= builder->count)
		return;
	for (int i = row; i + 1 < builder->count; i++)
		builder->rows[i] = builder->rows[i + 1];
	builder->count--;
}

static void remove_group(struct builder *builder, int group) {
	if (group < 1 || group > builder->group_count)
		return;
	for (int i = builder->count - 1; i >= 0; i--) {
		if (builder->rows[i].group == group)
			remove_row(builder, i);
		else if (builder->rows[i].group > group)
			builder->rows[i].group--;
	}
	for (int i = group; i < builder->group_count; i++)
		builder->groups[i] = builder->groups[i + 1];
	builder->group_count--;
}

/* A group without conditions is none. */
static void drop_empty_groups(struct builder *builder) {
	for (int group = builder->group_count; group >= 1; group--) {
		bool is_used = false;
		for (int i = 0; i < builder->count; i++)
			is_used = is_used || builder->rows[i].group == group;
		if (!is_used)
			remove_group(builder, group);
	}
}

static void press(struct builder *builder, const char *button) {
	int64_t number;
	if (text_same(button, "add")) {
		add_row(builder, 0);
	} else if (text_same(button, "add-group")) {
		add_group(builder, text_same(builder->match, "any") ? "all" : "any");
		add_row(builder, builder->group_count);
	} else if (text_starts(button, "add-") && text_to_int(button + strlen("add-"), 1, builder->group_count, &number)) {
		add_row(builder, (int)number);
	} else if (text_starts(button, "remove-group-") &&
	           text_to_int(button + strlen("remove-group-"), 1, builder->group_count, &number)) {
		remove_group(builder, (int)number);
	} else if (text_starts(button, "remove-") && text_to_int(button + strlen("remove-"), 0, BUILDER_ROWS, &number)) {
		remove_row(builder, (int)number);
	}
}

static void take_value(struct builder_row *row, const char *value) {
	for (int i = 0; i < BUILDER_VALUES; i++)
		if (!row->values[i]) {
			row->values[i] = value;
			return;
		}
}

void builder_from_form(struct builder *builder, const struct params *form, struct arena *arena) {
	struct builder_row *row = NULL;
	*builder = (struct builder){ .match = match_of(params_get(form, "match")) };
	for (int i = 0; i < form->count; i++) {
		const struct param *one = &form->items[i];
		if (strcmp(one->name, "group") == 0) {
			add_group(builder, one->value);
		} else if (strcmp(one->name, "field") == 0 && builder->count < BUILDER_ROWS) {
			add_row(builder, builder->group_count);
			row = &builder->rows[builder->count - 1];
			row->field = one->value;
		} else if (strcmp(one->name, "op") == 0 && row) {
			row->op = one->value;
		} else if (strcmp(one->name, "value") == 0 && row) {
			take_value(row, text_trim(arena, one->value));
		}
	}
	press(builder, params_get(form, "do") ? params_get(form, "do") : "");
	drop_empty_groups(builder);
	if (params_get(form, "use_json"))
		builder->json = text_trim(arena, params_get(form, "rule_json") ? params_get(form, "rule_json") : "");
}

/* Rows. */

static const char *text_of(const struct value *value, struct arena *arena) {
	BUF_AUTO out = { 0 };
	if (!value || value->kind == VALUE_NULL)
		return NULL;
	if (value->kind == VALUE_TEXT)
		return value->text;
	json_write(&out, value);
	return arena_copy(arena, buf_text(&out));
}

/* Of a list of two, one for each control; of texts, one text. A text with a comma can only be said in JSON. */
static bool take_list(const struct builder_row *row, const struct value *list, const char **values,
                      struct arena *arena) {
	BUF_AUTO joined = { 0 };
	bool is_pair = text_same(row->op, "between");
	for (const struct value *one = list->first; one; one = one->next) {
		const char *text = text_of(one, arena);
		if (!text || one->kind == VALUE_LIST || one->kind == VALUE_MAP || strchr(text, ','))
			return false;
		buf_print(&joined, "%s%s", joined.size ? ", " : "", text);
	}
	if (is_pair && list->count == 2) {
		values[0] = text_of(list->first, arena);
		values[1] = text_of(list->last, arena);
	} else {
		values[0] = arena_copy(arena, buf_text(&joined));
	}
	return true;
}

static bool take_condition(struct builder *builder, const struct value *json, int group, struct arena *arena) {
	const char *field = value_get_text(json, "field"), *op = value_get_text(json, "operator");
	const struct value *value = value_get(json, "value");
	if (!field || builder->count == BUILDER_ROWS || value_get(json, "rules"))
		return false;
	struct builder_row row = { .field = field, .op = op ? op : "", .group = group };
	if (value && value->kind == VALUE_LIST) {
		if (!take_list(&row, value, row.values, arena))
			return false;
	} else {
		row.values[0] = text_of(value, arena);
	}
	builder->rows[builder->count++] = row;
	return true;
}

static const struct value *rules_of(const struct value *json) {
	const struct value *rules = value_get(json, "rules");
	return rules && rules->kind == VALUE_LIST ? rules : NULL;
}

static bool take_group(struct builder *builder, const struct value *json, struct arena *arena) {
	const struct value *rules = rules_of(json);
	int before = builder->group_count;
	add_group(builder, value_get_text(json, "match"));
	if (!rules || builder->group_count == before)
		return false;
	for (const struct value *one = rules->first; one; one = one->next)
		if (!take_condition(builder, one, builder->group_count, arena))
			return false;
	return true;
}

/* False if rows cannot show it. */
static bool take_rule(struct builder *builder, const struct value *json, struct arena *arena) {
	const struct value *rules = rules_of(json);
	if (!rules)
		return take_condition(builder, json, 0, arena);
	builder->match = match_of(value_get_text(json, "match"));
	for (int groups = 0; groups <= 1; groups++) /* the rows of no group are first */
		for (const struct value *one = rules->first; one; one = one->next)
			if ((rules_of(one) != NULL) == groups &&
			    !(groups ? take_group(builder, one, arena) : take_condition(builder, one, 0, arena)))
				return false;
	return true;
}

void builder_from_text(struct builder *builder, const char *text, struct arena *arena) {
	struct error err;
	struct value *json;
	*builder = (struct builder){ .match = "all" };
	text = text_trim(arena, text ? text : "");
	if (!*text) {
		add_row(builder, 0);
		return;
	}
	if (*text != '{') { /* the name of a segment or tag */
		builder->rows[builder->count++] = (struct builder_row){ .field = "segment", .op = "in", .values = { text } };
		return;
	}
	if (json_read(arena, text, strlen(text), &json, &err) && take_rule(builder, json, arena))
		return;
	*builder = (struct builder){ .match = "all", .json = text };
}

/* Text. */

static void write_list(const char *text, struct arena *arena, struct buf *out) {
	char *rest = arena_copy(arena, text), *one;
	bool is_first = true;
	buf_char(out, '[');
	while ((one = strsep(&rest, ","))) {
		one = text_trim(arena, one);
		if (!*one)
			continue;
		if (!is_first)
			buf_char(out, ',');
		is_first = false;
		json_write_text(out, one);
	}
	buf_char(out, ']');
}

/* Operators of one key take the same, whatever the field; but "between" of numbers and days, which are two values. */
static const struct rule_operator *operator_named(const char *key) {
	return key ? rule_operator_find(~0U, key) : NULL;
}

static void write_row(const struct builder_row *row, struct arena *arena, struct buf *out) {
	const struct rule_operator *op = operator_named(row->op);
	const struct rule_field *field = rule_field_find(row->field);
	if (field && rule_operator_find(field->type, row->op))
		op = rule_operator_find(field->type, row->op);
	buf_text_add(out, "{\"field\":");
	json_write_text(out, row->field);
	buf_text_add(out, ",\"operator\":");
	json_write_text(out, row->op);
	if (op && op->takes != TAKES_NOTHING) {
		buf_text_add(out, ",\"value\":");
		if (op->takes == TAKES_TEXTS) {
			write_list(row->values[0] ? row->values[0] : "", arena, out);
		} else if (op->takes == TAKES_NUMBERS || op->takes == TAKES_DAYS) {
			buf_char(out, '[');
			json_write_text(out, row->values[0] ? row->values[0] : "");
			buf_char(out, ',');
			json_write_text(out, row->values[1] ? row->values[1] : "");
			buf_char(out, ']');
		} else {
			json_write_text(out, row->values[0] ? row->values[0] : "");
		}
	}
	buf_char(out, '}');
}

static void write_rows(const struct builder *builder, int group, struct arena *arena, struct buf *out) {
	bool is_first = true;
	for (int i = 0; i < builder->count; i++) {
		if (builder->rows[i].group != group)
			continue;
		if (!is_first)
			buf_char(out, ',');
		is_first = false;
		write_row(&builder->rows[i], arena, out);
	}
}

const char *builder_text(const struct builder *builder, struct arena *arena) {
	BUF_AUTO out = { 0 };
	if (builder->json)
		return builder->json;
	if (builder->count == 0)
		return "";
	buf_print(&out, "{\"match\":\"%s\",\"rules\":[", builder->match);
	write_rows(builder, 0, arena, &out);
	for (int group = 1; group <= builder->group_count; group++) {
		buf_print(&out, "%s{\"match\":\"%s\",\"rules\":[", out.bytes[out.size - 1] == '[' ? "" : ",",
		          builder->groups[group]);
		write_rows(builder, group, arena, &out);
		buf_text_add(&out, "]}");
	}
	buf_text_add(&out, "]}");
	return arena_copy(arena, buf_text(&out));
}

const char *builder_path(const struct builder *builder, int row, struct arena *arena) {
	int singles = 0, before = 0, group = builder->rows[row].group;
	for (int i = 0; i < builder->count; i++) {
		singles += builder->rows[i].group == 0;
		before += i < row && builder->rows[i].group == group;
	}
	return group ? arena_print(arena, "rules[%d].rules[%d]", singles + group - 1, before)
	             : arena_print(arena, "rules[%d]", before);
}

const struct rule_operator *builder_operator(const struct builder_row *row, const struct rule_names *names,
                                             unsigned *types) {
	const struct rule_field *field = rule_field_find(row->field);
	bool is_custom = text_starts(row->field, RULE_CUSTOM);
	*types = field ? field->type : is_custom ? rule_custom_types(names, row->field + strlen(RULE_CUSTOM)) : 0;
	const struct rule_operator *op = *types ? rule_operator_find(*types, row->op) : NULL;
	for (int i = 0; !op && i < rule_operator_count; i++)
		if (rule_operators[i].types & *types)
			op = &rule_operators[i];
	return op;
}
