/* Reading the values of conditions. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "audience/contacts/membership.h"
#include "audience/contacts/tag.h"
#include "core/formats/json.h"
#include "segments/reading.h"

/* A form and a program may write a number or a truth as text, and the other way round. */
static const char *text_of(struct rule_parser *parser, const struct value *json) {
	switch (json ? json->kind : VALUE_NULL) {
	case VALUE_TEXT:
		return text_trim(parser->arena, json->text);
	case VALUE_BOOL:
		return json->boolean ? "true" : "false";
	case VALUE_INT:
		return arena_print(parser->arena, "%lld", (long long)json->integer);
	default:
		return NULL;
	}
}

static bool is_of_choices(const struct rule_field *field, const char *text) {
	int value;
	return field->type != RULE_CHOICE || choice_find(field->choices, text, &value);
}

static const char *choices_text(const struct choices *choices, struct arena *arena) {
	BUF_AUTO out = { 0 };
	for (int i = 0; i < choices->count; i++)
		buf_print(&out, "%s%s", i ? ", " : "", choices->names[i]);
	return arena_copy(arena, buf_text(&out));
}

/* As it is stored of people. */
static const char *folded(const struct rule *rule, const char *text, struct arena *arena) {
	bool is_address = rule->field->exact.stored && rule->op->test == TEST_IS;
	const char *norm = is_address ? contact_norm(arena, text) : NULL;
	if (rule->field->type == RULE_DOMAIN)
		norm = contact_domain(arena, text);
	if (rule->field->type == RULE_TAG)
		norm = tag_form(arena, text);
	return norm ? norm : text_fold(arena, text);
}

static bool add_text(struct rule_parser *parser, const struct value *json, const char *path, struct rule *rule) {
	const char *text = text_of(parser, json);
	if (rule->field->type == RULE_DOMAIN && text && *text == '@')
		text++;
	if (text_is_empty(text))
		return rule_problem(parser, path, "give a text");
	if (text_length(text) > RULE_TEXT_MAX)
		return rule_problem(parser, path,
		                    arena_print(parser->arena, "a text can have at most %d characters", RULE_TEXT_MAX));
	if (!is_of_choices(rule->field, text))
		return rule_problem(parser, path,
		                    arena_print(parser->arena, "%s is one of: %s", rule->field->label,
		                                choices_text(rule->field->choices, parser->arena)));
	rule->value.texts.items[rule->value.texts.count++] = text;
	rule->value.folds.items[rule->value.folds.count++] = folded(rule, text, parser->arena);
	return true;
}

static bool read_texts(struct rule_parser *parser, const struct value *json, const char *path, struct rule *rule) {
	bool is_list = json && json->kind == VALUE_LIST, fine = true;
	int count = is_list ? json->count : 1;
	if (count < 1 || count > RULE_TEXTS_MAX)
		return rule_problem(parser, path, arena_print(parser->arena, "give 1 to %d texts", RULE_TEXTS_MAX));
	if (is_list && rule->op->takes == TAKES_TEXT)
		return rule_problem(parser, path, "give one text");
	rule->value.texts.items = arena_array(parser->arena, const char *, count);
	rule->value.folds.items = arena_array(parser->arena, const char *, count);
	if (!is_list)
		return add_text(parser, json, path, rule);
	int i = 0;
	for (const struct value *item = json->first; item; item = item->next)
		fine &= add_text(parser, item, arena_print(parser->arena, "%s[%d]", path, i++), rule);
	return fine;
}

static bool number_of(struct rule_parser *parser, const struct value *json, double *number) {
	char *end;
	if (json && json->kind == VALUE_REAL) {
		*number = json->real;
		return isfinite(*number);
	}
	const char *text = json && json->kind != VALUE_BOOL ? text_of(parser, json) : NULL;
	if (text_is_empty(text) || strspn(text, "+-.0123456789eE") != strlen(text))
		return false;
	*number = g_ascii_strtod(text, &end);
	return !*end && isfinite(*number);
}

static bool day_of(struct rule_parser *parser, const struct value *json, struct moment *day) {
	const char *text = json && json->kind == VALUE_TEXT ? text_of(parser, json) : NULL;
	return text && strlen(text) == strlen("2026-11-27") && moment_parse(text, day);
}

/* The two items of a list; *second is NULL unless there are exactly two. */
static void two_of(const struct value *json, const struct value **first, const struct value **second) {
	bool are_two = json && json->kind == VALUE_LIST && json->count == 2;
	*first = are_two ? json->first : NULL;
	*second = are_two ? json->first->next : NULL;
}

static bool read_number(struct rule_parser *parser, const struct value *json, const char *path, struct rule *rule) {
	const struct value *from = json, *to = json;
	double *numbers = rule->value.numbers;
	bool is_pair = rule->op->takes == TAKES_NUMBERS;
	if (is_pair)
		two_of(json, &from, &to);
	if (!number_of(parser, from, &numbers[0]) || !number_of(parser, to, &numbers[1]))
		return rule_problem(parser, path, is_pair ? "give two numbers" : "give a number");
	return numbers[0] <= numbers[1] || rule_problem(parser, path, "the first number is greater than the second");
}

static bool read_day(struct rule_parser *parser, const struct value *json, const char *path, struct rule *rule) {
	const struct value *from = json, *to = json;
	struct moment *days = rule->value.days;
	bool is_pair = rule->op->takes == TAKES_DAYS;
	if (is_pair)
		two_of(json, &from, &to);
	if (!day_of(parser, from, &days[0]) || !day_of(parser, to, &days[1]))
		return rule_problem(parser, path,
		                    is_pair ? "give two days such as 2026-11-27" : "give a day such as 2026-11-27");
	return days[0].ms <= days[1].ms || rule_problem(parser, path, "the first day is after the second");
}

static bool read_count(struct rule_parser *parser, const struct value *json, const char *path, struct rule *rule) {
	bool is_days = rule->op->takes == TAKES_DAY_COUNT;
	int most = is_days ? RULE_DAYS_MAX : RULE_CAMPAIGNS_MAX;
	const char *text = json && json->kind != VALUE_BOOL ? text_of(parser, json) : NULL;
	if (!text || !text_to_int(text, 1, most, &rule->value.count))
		return rule_problem(parser, path,
		                    arena_print(parser->arena, "give a number of %s from 1 to %d",
		                                is_days ? "days" : "campaigns", most));
	if (rule->field->type == RULE_RECENT)
		rule->value.recent = names_recent(parser->names, rule->value.count, parser->arena);
	return true;
}

static bool read_truth(struct rule_parser *parser, const struct value *json, const char *path, struct rule *rule) {
	const char *text = text_of(parser, json);
	rule->value.truth = text_same(text, "true");
	return rule->value.truth || text_same(text, "false") || rule_problem(parser, path, "say true or false");
}

static void note_gone(struct rule_parser *parser, const char *path, const char *kind, const char *id) {
	remark_add(&parser->reading->gone, path,
	           arena_print(parser->arena, "the %s %s_%s is no longer there: it was deleted", kind, kind, id));
}

/* An id with or without its prefix, bare. */
static bool read_id(struct rule_parser *parser, const struct value *json, const char *path, const char *kind,
                    struct rule *rule) {
	const char *text = text_of(parser, json), *prefix = arena_print(parser->arena, "%s_", kind);
	if (text && text_starts(text, prefix))
		text += strlen(prefix);
	if (!store_is_id(text))
		return rule_problem(parser, path, arena_print(parser->arena, "choose a %s", kind));
	rule->value.id = text;
	return true;
}

static bool read_list(struct rule_parser *parser, const struct value *json, const char *path, struct rule *rule) {
	if (!read_id(parser, json, path, "list", rule))
		return false;
	const struct named_list *list = names_list(parser->names, rule->value.id);
	if (list && list->by_rule && rule->op->test != TEST_UNSUBSCRIBED)
		return rule_problem(parser, path,
		                    arena_print(parser->arena,
		                                "a rule says who is on the list “%.60s”: only who has unsubscribed from it can "
		                                "be "
		                                "asked for. Repeat its rule instead",
		                                list->name));
	rule->value.name = list ? list->name ? list->name : "(no name)" : NULL;
	if (!list)
		note_gone(parser, path, "list", rule->value.id);
	return true;
}

static bool read_campaign(struct rule_parser *parser, const struct value *json, const char *path, struct rule *rule) {
	if (!read_id(parser, json, path, "campaign", rule))
		return false;
	rule->value.campaign = names_campaign(parser->names, rule->value.id);
	rule->value.name = rule->value.campaign ? rule->value.campaign->name : NULL;
	if (!rule->value.campaign)
		note_gone(parser, path, "campaign", rule->value.id);
	return true;
}

static bool read_nothing(struct rule_parser *parser, const struct value *json, const char *path, struct rule *rule) {
	return !json || json->kind == VALUE_NULL || (json->kind == VALUE_TEXT && !*json->text) ||
	       rule_problem(parser, path, arena_print(parser->arena, "“%s” takes no value", rule->op->label));
}

bool rule_read_operand(struct rule_parser *parser, const struct value *json, const char *path, struct rule *rule) {
	static bool (*const readers[])(struct rule_parser *, const struct value *, const char *, struct rule *) = {
		[TAKES_NOTHING] = read_nothing,   [TAKES_TEXT] = read_texts,      [TAKES_TEXTS] = read_texts,
		[TAKES_NUMBER] = read_number,     [TAKES_NUMBERS] = read_number,  [TAKES_DAY] = read_day,
		[TAKES_DAYS] = read_day,          [TAKES_TRUTH] = read_truth,     [TAKES_LIST] = read_list,
		[TAKES_CAMPAIGN] = read_campaign, [TAKES_DAY_COUNT] = read_count, [TAKES_CAMPAIGN_COUNT] = read_count,
	};
	return readers[rule->op->takes](parser, json, path, rule);
}
