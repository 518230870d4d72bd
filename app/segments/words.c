/* Rules as sentences. */
#include "segments/words.h"

#include <inttypes.h>
#include <string.h>

enum { TEXTS_SAID = 5 };

static void say_label(const struct rule_field *field, struct buf *out) {
	if (field->words) {
		buf_text_add(out, field->words);
		return;
	}
	buf_char(out, (char)(*field->label >= 'A' && *field->label <= 'Z' ? *field->label - 'A' + 'a' : *field->label));
	buf_text_add(out, field->label + 1);
}

/* The text itself, or of one of our words what it means. */
static const char *text_said(const struct rule_field *field, const char *text) {
	int value;
	bool is_ours = field->choice_words && choice_find(field->choices, text, &value);
	return is_ours ? field->choice_words[value] : text;
}

/* "a, b or c"; of many the first ones: "a, b and 7 more". */
static void say_texts(const struct rule *rule, struct buf *out) {
	const struct strings *texts = &rule->value.texts;
	int said = texts->count > TEXTS_SAID + 1 ? TEXTS_SAID : texts->count;
	for (int i = 0; i < said; i++)
		buf_print(out, "%s%s",
		          i == 0                  ? ""
		          : i == texts->count - 1 ? " or "
		                                  : ", ",
		          text_said(rule->field, texts->items[i]));
	if (said < texts->count)
		buf_print(out, " or %d more", texts->count - said);
}

static void say_number(double number, struct buf *out) {
	buf_print(out, "%.15g", number);
}

static void say_count(int64_t count, const char *thing, struct buf *out) {
	buf_print(out, "%" PRId64 " %s%s", count, thing, count == 1 ? "" : "s");
}

static void say_day(struct moment day, struct buf *out) {
	char text[MOMENT_TEXT];
	buf_text_add(out, moment_format_human_day(day, text));
}

static void say_named(const struct rule *rule, const char *kind, struct buf *out) {
	if (rule->value.name)
		buf_text_add(out, rule->value.name);
	else
		buf_print(out, "(a deleted %s)", kind);
}

static void say_value(const struct rule *rule, struct buf *out) {
	const struct rule_value *value = &rule->value;
	switch (rule->op->takes) {
	case TAKES_NOTHING:
		break;
	case TAKES_TEXT:
	case TAKES_TEXTS:
		say_texts(rule, out);
		break;
	case TAKES_NUMBERS:
		say_number(value->numbers[0], out);
		buf_text_add(out, " and ");
		say_number(value->numbers[1], out);
		break;
	case TAKES_NUMBER:
		say_number(value->numbers[0], out);
		break;
	case TAKES_DAYS:
		say_day(value->days[0], out);
		buf_text_add(out, " and ");
		say_day(value->days[1], out);
		break;
	case TAKES_DAY:
		say_day(value->days[0], out);
		break;
	case TAKES_TRUTH:
		buf_text_add(out, value->truth ? rule->field->words : rule->field->no_words);
		break;
	case TAKES_DAY_COUNT:
		say_count(value->count, "day", out);
		break;
	case TAKES_CAMPAIGN_COUNT:
		say_count(value->count, "campaign", out);
		break;
	case TAKES_LIST:
		say_named(rule, "list", out);
		break;
	case TAKES_CAMPAIGN:
	case TAKES_SEGMENT:
		say_named(rule, "campaign", out);
		break;
	}
}

static void say_condition(const struct rule *rule, struct buf *out) {
	for (const char *at = rule->op->words; *at; at++) {
		if (*at == '@')
			say_label(rule->field, out);
		else if (*at == '$')
			say_value(rule, out);
		else
			buf_char(out, *at);
	}
}

static void say(const struct rule *rule, bool is_inside, struct buf *out);

static void say_group(const struct rule *rule, bool is_inside, struct buf *out) {
	bool needs_brackets = is_inside && rule->count > 1;
	if (rule->kind == RULE_NOT)
		buf_text_add(out, rule->count > 1 ? "none of these: " : "not: ");
	if (needs_brackets)
		buf_char(out, '(');
	for (int i = 0; i < rule->count; i++) {
		if (i)
			buf_text_add(out, rule->kind == RULE_ALL ? ", and " : ", or ");
		say(&rule->rules[i], rule->count > 1 || rule->kind == RULE_NOT, out);
	}
	if (needs_brackets)
		buf_char(out, ')');
}

static void say(const struct rule *rule, bool is_inside, struct buf *out) {
	if (rule->kind == RULE_EVERYBODY)
		buf_text_add(out, "everybody");
	else if (rule->kind == RULE_CONDITION)
		say_condition(rule, out);
	else
		say_group(rule, is_inside, out);
}

const char *rule_words_inside(const struct rule *rule, struct arena *arena) {
	BUF_AUTO out = { 0 };
	say(rule, false, &out);
	return arena_copy(arena, buf_text(&out));
}

const char *rule_words(const struct rule *rule, struct arena *arena) {
	BUF_AUTO out = { 0 };
	say(rule, false, &out);
	char *words = arena_copy(arena, buf_text(&out));
	text_capitalize(words + strspn(words, "("));
	return words;
}
