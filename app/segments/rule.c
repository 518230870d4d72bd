/* Reading rules. */
#include "segments/rule.h"

#include <stdlib.h>
#include <string.h>

#include "core/formats/json.h"
#include "segments/reading.h"

static const char *const group_names[] = { [RULE_ALL] = "all", [RULE_ANY] = "any", [RULE_NOT] = "not" };

void remark_add(struct remarks *remarks, const char *path, const char *text) {
	if (remarks->count < REMARKS_MAX)
		remarks->items[remarks->count] = (struct remark){ path, text };
	remarks->count++;
}

bool rule_problem(struct rule_parser *parser, const char *path, const char *text) {
	remark_add(&parser->reading->problems, path, text);
	return false;
}

const char *rule_path(struct rule_parser *parser, const char *path, const char *member) {
	return *path ? arena_print(parser->arena, "%s.%s", path, member) : member;
}

/* Refuses members that nobody reads, each by its name. */
static bool knows_members(struct rule_parser *parser, const struct value *json, const char *path,
                          const struct strings *known) {
	bool fine = true;
	for (const struct value *member = json->first; member; member = member->next)
		if (!strings_have(known, member->name))
			fine = rule_problem(parser, rule_path(parser, path, "member"),
			                    arena_print(parser->arena, "“%.60s” means nothing here", member->name));
	return fine;
}

static enum rule_kind group_named(const struct value *match) {
	for (int kind = RULE_ALL; kind <= RULE_NOT; kind++)
		if (match->kind == VALUE_TEXT && strcmp(match->text, group_names[kind]) == 0)
			return (enum rule_kind)kind;
	return RULE_CONDITION;
}

static bool read_group(struct rule_parser *parser, const struct value *json, const char *path, int depth,
                       struct rule *rule) {
	const struct value *match = value_get(json, "match"), *rules = value_get(json, "rules");
	bool fine = knows_members(parser, json, path, TEXTS("match", "rules"));
	rule->kind = match ? group_named(match) : RULE_CONDITION;
	if (rule->kind == RULE_CONDITION)
		return rule_problem(parser, rule_path(parser, path, "match"), "say “all”, “any” or “not”");
	if (!rules || rules->kind != VALUE_LIST || rules->count == 0)
		return rule_problem(parser, rule_path(parser, path, "rules"), "add at least one rule; ALL means all contacts");
	if (depth >= RULE_DEPTH)
		return rule_problem(parser, path,
		                    arena_print(parser->arena, "groups can stand %d deep in one another, not deeper",
		                                RULE_DEPTH));
	struct rule *items = arena_array(parser->arena, struct rule, rules->count);
	for (const struct value *item = rules->first; item && parser->conditions <= RULE_CONDITIONS; item = item->next) {
		const char *inner = arena_print(parser->arena, "rules[%d]", rule->count);
		fine &= rule_read_value(parser, item, rule_path(parser, path, inner), depth + 1, &items[rule->count++]);
	}
	rule->rules = items;
	return fine;
}

bool rule_read_value(struct rule_parser *parser, const struct value *json, const char *path, int depth,
                     struct rule *rule) {
	*rule = (struct rule){ .path = path };
	if (json->kind != VALUE_MAP)
		return rule_problem(parser, path,
		                    "a rule is an object with “field” and “operator”, or with “match” and “rules”");
	if (value_get(json, "match") || value_get(json, "rules"))
		return read_group(parser, json, path, depth, rule);
	if (++parser->conditions > RULE_CONDITIONS)
		return parser->conditions > RULE_CONDITIONS + 1 ||
		       rule_problem(parser, path,
		                    arena_print(parser->arena, "a rule can have at most %d conditions", RULE_CONDITIONS));
	rule->kind = RULE_CONDITION;
	bool fine = knows_members(parser, json, path, TEXTS("field", "operator", "value"));
	return rule_read_condition(parser, json, path, depth, rule) && fine;
}

/* The deepest bracket; brackets in texts do not count. */
static int nesting(const char *text) {
	int depth = 0, deepest = 0;
	for (bool quoted = false; *text; text++) {
		if (quoted && *text == '\\' && text[1])
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (!quoted && (*text == '{' || *text == '['))
			deepest = ++depth > deepest ? depth : deepest;
		else if (!quoted && (*text == '}' || *text == ']'))
			depth--;
	}
	return deepest;
}

/* Each group is two brackets deep; the innermost condition and its list of values are two more. */
static bool is_too_deep(const char *text) {
	return nesting(text) > 2 * RULE_DEPTH + 4;
}

bool rule_read_text(struct rule_parser *parser, const char *text, const char *path, int depth, struct rule *rule) {
	struct error err = ERROR_INIT;
	struct value *json;
	text = text_trim(parser->arena, text);
	*rule = (struct rule){ .path = path };
	if (strlen(text) > RULE_BYTES)
		return rule_problem(parser, path, arena_print(parser->arena, "a rule can have at most %d bytes", RULE_BYTES));
	if (*text != '{')
		return rule_read_name(parser, text, path, depth, rule);
	if (is_too_deep(text))
		return rule_problem(parser, path,
		                    arena_print(parser->arena, "groups can stand %d deep in one another; these are deeper",
		                                RULE_DEPTH));
	if (!json_read(parser->arena, text, strlen(text), &json, &err))
		return rule_problem(parser, path, arena_copy(parser->arena, err.text));
	return rule_read_value(parser, json, path, depth, rule);
}

bool rule_read(const char *text, const struct rule_names *names, struct arena *arena, struct rule_reading *reading,
               struct error *err) {
	struct rule_parser parser = { arena, names, reading, .segments = NULL };
	struct rule *rule = arena_new_of(arena, struct rule);
	const struct remark *first = reading->problems.items;
	*reading = (struct rule_reading){ 0 };
	if (!text_is_utf8(text, strlen(text)))
		(void)rule_problem(&parser, "", "the rule is not text in UTF-8");
	else
		(void)rule_read_text(&parser, text, "", 0, rule);
	if (reading->problems.count)
		return error_set(err, ERROR_INVALID, "%s%s%s", first->path, *first->path ? ": " : "", first->text);
	reading->rule = rule;
	return true;
}

const struct rule *rule_both(const struct rule *a, const struct rule *b, struct arena *arena) {
	if (a->kind == RULE_EVERYBODY || b->kind == RULE_EVERYBODY)
		return a->kind == RULE_EVERYBODY ? b : a;
	struct rule *both = arena_new_of(arena, struct rule), *rules = arena_array(arena, struct rule, 2);
	rules[0] = *a;
	rules[1] = *b;
	*both = (struct rule){ .kind = RULE_ALL, .path = "", .rules = rules, .count = 2 };
	return both;
}

static void write_texts(const struct strings *texts, struct buf *out) {
	for (int i = 0; i < texts->count; i++) {
		buf_text_add(out, i ? "," : "[");
		json_write_text(out, texts->items[i]);
	}
	buf_char(out, ']');
}

static void write_day(struct moment day, struct buf *out) {
	char text[MOMENT_TEXT];
	json_write_text(out, moment_format_day(day, text));
}

static void write_value(const struct rule *rule, struct buf *out) {
	const struct rule_value *value = &rule->value;
	if (rule->op->takes != TAKES_NOTHING)
		buf_text_add(out, ",\"value\":");
	switch (rule->op->takes) {
	case TAKES_NOTHING:
		break;
	case TAKES_TEXT:
		json_write_text(out, value->texts.items[0]);
		break;
	case TAKES_TEXTS:
		write_texts(&value->texts, out);
		break;
	case TAKES_NUMBER:
		json_write_real(out, value->numbers[0]);
		break;
	case TAKES_NUMBERS:
		buf_char(out, '[');
		json_write_real(out, value->numbers[0]);
		buf_char(out, ',');
		json_write_real(out, value->numbers[1]);
		buf_char(out, ']');
		break;
	case TAKES_DAY:
		write_day(value->days[0], out);
		break;
	case TAKES_DAYS:
		buf_char(out, '[');
		write_day(value->days[0], out);
		buf_char(out, ',');
		write_day(value->days[1], out);
		buf_char(out, ']');
		break;
	case TAKES_TRUTH:
		buf_text_add(out, value->truth ? "true" : "false");
		break;
	case TAKES_LIST:
	case TAKES_CAMPAIGN:
	case TAKES_SEGMENT:
		json_write_text(out, value->id);
		break;
	case TAKES_DAY_COUNT:
	case TAKES_CAMPAIGN_COUNT:
		json_write_int(out, value->count);
		break;
	}
}

void rule_write(const struct rule *rule, struct buf *out) {
	if (rule->kind == RULE_EVERYBODY) {
		buf_text_add(out, "ALL");
	} else if (rule->kind == RULE_CONDITION) {
		buf_text_add(out, "{\"field\":");
		json_write_text(out, rule->field->key);
		buf_print(out, ",\"operator\":\"%s\"", rule->op->key);
		write_value(rule, out);
		buf_char(out, '}');
	} else {
		buf_print(out, "{\"match\":\"%s\",\"rules\":[", group_names[rule->kind]);
		for (int i = 0; i < rule->count; i++) {
			if (i)
				buf_char(out, ',');
			rule_write(&rule->rules[i], out);
		}
		buf_text_add(out, "]}");
	}
}
