/* Reading conditions: their field, operator and segment; operand.c reads their values. */
#include <string.h>

#include "audience/contacts/tag.h"
#include "segments/reading.h"

static const char *member_text(const struct value *json, const char *name) {
	const struct value *member = value_get(json, name);
	return member && member->kind == VALUE_TEXT && *member->text ? member->text : NULL;
}

/* What somebody who wrote `key` may have meant. */
static const char *nearest_field(struct rule_parser *parser, const char *key) {
	const struct named_custom *customs = parser->names->customs.items;
	int most = rule_field_count + parser->names->customs.count;
	struct strings keys = { arena_array(parser->arena, const char *, most), 0 };
	for (int i = 0; i < rule_field_count; i++)
		keys.items[keys.count++] = rule_fields[i].key;
	for (int i = 0; i < parser->names->customs.count; i++)
		keys.items[keys.count++] = arena_print(parser->arena, RULE_CUSTOM "%s", customs[i].key);
	return rule_nearest(key, &keys, parser->arena);
}

static bool no_field(struct rule_parser *parser, const char *path, const char *key) {
	const char *nearest = nearest_field(parser, key);
	return rule_problem(parser, path,
	                    nearest
	                        ? arena_print(parser->arena, "there is no field “%.60s”; do you mean “%s”?", key, nearest)
	                        : arena_print(parser->arena, "there is no field “%.60s”", key));
}

unsigned rule_custom_types(const struct rule_names *names, const char *key) {
	static const enum rule_type by_custom[] = { [CUSTOM_TEXT] = RULE_TEXT,
		                                        [CUSTOM_NUMBER] = RULE_NUMBER,
		                                        [CUSTOM_DATE] = RULE_DAY,
		                                        [CUSTOM_BOOLEAN] = RULE_OPTION,
		                                        [CUSTOM_CHOICE] = RULE_OPTION };
	const struct named_custom *custom = names_custom(names, key);
	return custom ? by_custom[custom->type] : RULE_TEXT | RULE_NUMBER | RULE_DAY;
}

/* A field of the account's own. One without definition is asked as what the operator is for. */
static const struct rule_field *custom_field(struct rule_parser *parser, const char *key, unsigned *types) {
	const struct named_custom *custom = names_custom(parser->names, key);
	struct rule_field *field = arena_new_of(parser->arena, struct rule_field);
	*field = (struct rule_field){ .key = arena_print(parser->arena, RULE_CUSTOM "%s", key),
		                          .label = custom && !text_is_empty(custom->label) ? custom->label : key,
		                          .attribute = key,
		                          .options = custom ? &custom->options : NULL,
		                          .leads = true };
	field->words = field->label;
	*types = rule_custom_types(parser->names, key);
	field->type = *types & -*types;
	return field;
}

static bool read_operator(struct rule_parser *parser, const char *key, const char *path, unsigned types,
                          struct rule *rule) {
	const struct rule_operator *op = key ? rule_operator_find(types, key) : NULL;
	if (!op)
		return rule_problem(parser, rule_path(parser, path, "operator"),
		                    arena_print(parser->arena, "%s takes: %s", rule->field->label,
		                                rule_operator_keys(types, parser->arena)));
	rule->op = op;
	return true;
}

/* An operator of one type decides what a field without definition is. */
static void settle_type(struct rule *rule, unsigned types, struct arena *arena) {
	unsigned both = types & rule->op->types;
	if (!rule->field->attribute)
		return;
	struct rule_field *settled = arena_new_of(arena, struct rule_field);
	*settled = *rule->field;
	settled->type = both & -both;
	rule->field = settled;
}

static bool is_being_read(const struct rule_parser *parser, const char *name) {
	for (const struct segment_read *read = parser->segments; read; read = read->outer)
		if (strcmp(read->name, name) == 0)
			return true;
	return false;
}

static void ask_tag(const char *name, const char *path, struct arena *arena, struct rule *rule) {
	const char **texts = arena_array(arena, const char *, 1), **folds = arena_array(arena, const char *, 1);
	texts[0] = name;
	folds[0] = tag_form(arena, name);
	*rule = (struct rule){ .kind = RULE_CONDITION,
		                   .path = path,
		                   .field = rule_field_find("tag"),
		                   .op = rule_operator_find(RULE_TAG, "has"),
		                   .value = { .texts = { texts, 1 }, .folds = { folds, 1 } } };
}

/* What the segment's name stands for becomes the condition's only rule. */
static bool read_segment(struct rule_parser *parser, const char *name, const char *path, int depth, struct rule *rule) {
	const struct named_segment *segment = names_segment(parser->names, name);
	const struct segment_read here = { name, parser->segments };
	struct rule *meant = arena_new_of(parser->arena, struct rule);
	rule->value.id = rule->value.name = name;
	rule->rules = meant;
	rule->count = 1;
	if (segment_is_all(name)) {
		*meant = (struct rule){ .kind = RULE_EVERYBODY, .path = path };
		return true;
	}
	if (!segment || !segment->rule || text_same(segment->rule, name)) {
		ask_tag(name, path, parser->arena, meant);
		return true;
	}
	if (is_being_read(parser, name))
		return rule_problem(parser, path, arena_print(parser->arena, "the segment “%s” would contain itself", name));
	if (depth >= RULE_DEPTH)
		return rule_problem(parser, path,
		                    arena_print(parser->arena, "groups and segments can stand %d deep in one another",
		                                RULE_DEPTH));
	parser->segments = &here;
	bool fine = rule_read_text(parser, segment->rule, path, depth + 1, meant);
	parser->segments = here.outer;
	return fine;
}

static char *in_small_letters(struct arena *arena, const char *text) {
	char *small = arena_copy(arena, text);
	for (char *at = small; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return small;
}

static bool check_name(struct rule_parser *parser, const char *name, const char *path) {
	if (!*name)
		return rule_problem(parser, path, "choose a segment, a tag or rules; ALL means all contacts");
	return segment_name_is_valid(name) ||
	       rule_problem(parser, path,
	                    arena_print(parser->arena,
	                                "“%.60s” cannot be a segment: its name has small letters, digits, spaces, "
	                                "“_” and “-”, at most 64, and begins with a letter or digit",
	                                name));
}

bool rule_read_name(struct rule_parser *parser, const char *text, const char *path, int depth, struct rule *rule) {
	const char *name = in_small_letters(parser->arena, text);
	if (!check_name(parser, name, path))
		return false;
	if (segment_is_all(name)) {
		rule->kind = RULE_EVERYBODY;
		return true;
	}
	parser->conditions++;
	const struct named_segment *segment = names_segment(parser->names, name);
	if (!segment || !segment->rule || text_same(segment->rule, name)) {
		ask_tag(name, path, parser->arena, rule);
		return true;
	}
	rule->kind = RULE_CONDITION;
	rule->field = rule_field_find("segment");
	rule->op = rule_operator_find(RULE_SEGMENT, "in");
	return read_segment(parser, name, path, depth, rule);
}

static bool read_value(struct rule_parser *parser, const struct value *json, const char *path, int depth,
                       struct rule *rule) {
	const struct value *value = value_get(json, "value");
	const char *its_path = rule_path(parser, path, "value");
	if (rule->op->takes != TAKES_SEGMENT)
		return rule_read_operand(parser, value, its_path, rule);
	const char *text = value && value->kind == VALUE_TEXT ? text_trim(parser->arena, value->text) : "";
	const char *name = in_small_letters(parser->arena, text);
	return check_name(parser, name, its_path) && read_segment(parser, name, its_path, depth, rule);
}

bool rule_read_condition(struct rule_parser *parser, const struct value *json, const char *path, int depth,
                         struct rule *rule) {
	const char *key = member_text(json, "field");
	const char *its_path = rule_path(parser, path, "field");
	unsigned types;
	if (!key)
		return rule_problem(parser, its_path, "say what the rule asks about");
	if (text_starts(key, RULE_CUSTOM) && key[strlen(RULE_CUSTOM)]) {
		rule->field = custom_field(parser, key + strlen(RULE_CUSTOM), &types);
	} else {
		rule->field = rule_field_find(key);
		types = rule->field ? rule->field->type : 0;
	}
	if (!rule->field)
		return no_field(parser, its_path, key);
	if (!read_operator(parser, member_text(json, "operator"), path, types, rule))
		return false;
	settle_type(rule, types, parser->arena);
	return read_value(parser, json, path, depth, rule);
}
