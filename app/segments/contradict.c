/* Pairs of conditions of which nobody meets both. */
#include "segments/contradict.h"

#include <string.h>

#include "segments/check.h"
#include "segments/words.h"

static bool is_condition(const struct rule *rule) {
	return rule->kind == RULE_CONDITION && rule->field->type != RULE_SEGMENT;
}

static bool same_field(const struct rule *a, const struct rule *b) {
	return a->field->type == b->field->type && strcmp(a->field->key, b->field->key) == 0;
}

static bool same_target(const struct rule *a, const struct rule *b) {
	return text_same(a->value.id, b->value.id);
}

/* Every text that `a` allows is tried on `b`. */
static bool texts_exclude(const struct rule *a, const struct rule *b) {
	const struct strings *folds = &a->value.folds;
	bool is_comparable = !a->field->exact.stored || b->op->test == TEST_IS;
	if (a->op->test != TEST_IS || a->op->negated || !is_comparable)
		return false;
	for (int i = 0; i < folds->count; i++)
		if (rule_text_passes(b, folds->items[i]) != b->op->negated)
			return false;
	return true;
}

static bool spans_exclude(const struct rule *a, const struct rule *b, const struct rule_clock *clock) {
	if (a->op->test != TEST_WITHIN || b->op->test != TEST_WITHIN || a->op->negated || b->op->negated)
		return false;
	struct rule_span one = rule_span(a, clock), other = rule_span(b, clock);
	return (moment_is_set(one.to) && moment_is_set(other.from) && one.to.ms <= other.from.ms) ||
	       (moment_is_set(other.to) && moment_is_set(one.from) && other.to.ms <= one.from.ms);
}

static bool is_left_of(const struct rule_range *a, const struct rule_range *b) {
	return a->to < b->from || (a->to == b->from && (a->below || b->above));
}

static bool ranges_exclude(const struct rule *a, const struct rule *b) {
	if (a->op->test != TEST_WITHIN || b->op->test != TEST_WITHIN || a->op->negated || b->op->negated)
		return false;
	struct rule_range one = rule_range(a), other = rule_range(b);
	return is_left_of(&one, &other) || is_left_of(&other, &one);
}

/* One wants none at all, the other one. */
static bool emptiness_excludes(const struct rule *a, const struct rule *b) {
	bool wants_none = a->op->test == TEST_PRESENT && a->op->negated;
	return wants_none && !b->op->negated;
}

/* The same question, and the opposite answer. */
static bool is_opposite(const struct rule *a, const struct rule *b) {
	return a->op->test == b->op->test && a->op->negated != b->op->negated && a->op->ends == b->op->ends &&
	       a->op->event == b->op->event && same_target(a, b) && a->value.count == b->value.count &&
	       a->value.numbers[0] == b->value.numbers[0] && a->value.numbers[1] == b->value.numbers[1];
}

static bool tags_exclude(const struct rule *wanted, const struct rule *unwanted) {
	if (wanted->op->test != TEST_IS || wanted->op->negated || unwanted->op->test != TEST_IS || !unwanted->op->negated)
		return false;
	for (int i = 0; i < wanted->value.folds.count; i++)
		if (!strings_have(&unwanted->value.folds, wanted->value.folds.items[i]))
			return false;
	return true;
}

/* Somebody on a list is subscribed, unsubscribed or pending, and in either state on it. */
static bool states_exclude(const struct rule *a, const struct rule *b) {
	if (!same_target(a, b) || a->op->test == TEST_PRESENT || b->op->test == TEST_PRESENT || a->op->negated)
		return false;
	return b->op->negated ? b->op->test == TEST_ON
	                      : a->op->test != b->op->test && a->op->test != TEST_ON && b->op->test != TEST_ON;
}

static bool tallies_exclude(const struct rule *least, const struct rule *most) {
	return least->op->test == TEST_AT_LEAST && !least->op->negated && most->op->test == TEST_AT_LEAST &&
	       most->op->negated && least->value.count >= most->value.count;
}

static bool excludes(const struct rule *a, const struct rule *b, const struct rule_clock *clock) {
	switch (a->field->type) {
	case RULE_TEXT:
	case RULE_OPTION:
	case RULE_CHOICE:
	case RULE_DOMAIN:
		return texts_exclude(a, b) || emptiness_excludes(a, b);
	case RULE_NUMBER:
		return ranges_exclude(a, b) || emptiness_excludes(a, b) || is_opposite(a, b);
	case RULE_MOMENT:
	case RULE_DAY:
		return spans_exclude(a, b, clock) || emptiness_excludes(a, b);
	case RULE_BOOLEAN:
		return a->value.truth != b->value.truth;
	case RULE_TAG:
		return tags_exclude(a, b) || emptiness_excludes(a, b);
	case RULE_LIST:
		return states_exclude(a, b) || emptiness_excludes(a, b) || is_opposite(a, b);
	case RULE_CONSENT:
		return is_opposite(a, b);
	case RULE_DONE:
	case RULE_COUNTED:
	case RULE_LATELY:
		return tallies_exclude(a, b) || is_opposite(a, b);
	case RULE_CAMPAIGN:
		return same_target(a, b) && a->op->event == b->op->event && a->op->test != b->op->test;
	case RULE_RECENT:
	case RULE_SEGMENT:
		break;
	}
	return false;
}

struct looking {
	const struct rule *held[RULE_CONDITIONS]; /* must hold together */
	int count;
	const struct rule_clock *clock;
	struct arena *arena;
	struct remarks *remarks;
};

static void take(struct looking *looking, const struct rule *rule) {
	for (int i = 0; i < looking->count; i++) {
		const struct rule *before = looking->held[i];
		if (same_field(before, rule) &&
		    (excludes(before, rule, looking->clock) || excludes(rule, before, looking->clock)))
			remark_add(looking->remarks, rule->path,
			           arena_print(looking->arena, "nobody meets both “%s” and “%s”",
			                       rule_words_inside(before, looking->arena), rule_words_inside(rule, looking->arena)));
	}
	if (looking->count < RULE_CONDITIONS)
		looking->held[looking->count++] = rule;
}

/* Each branch of an "any" is looked at with what must hold beside it, which is therefore taken first. */
static void look(struct looking *looking, const struct rule *rule) {
	if (is_condition(rule)) {
		take(looking, rule);
	} else if (rule->kind == RULE_ALL) {
		for (int any = 0; any <= 1; any++)
			for (int i = 0; i < rule->count; i++)
				if ((rule->rules[i].kind == RULE_ANY) == any)
					look(looking, &rule->rules[i]);
	} else if (rule->kind == RULE_ANY) {
		for (int i = 0; i < rule->count; i++) {
			int before = looking->count;
			look(looking, &rule->rules[i]);
			looking->count = before;
		}
	} else if (rule->kind == RULE_CONDITION && !rule->op->negated) {
		look(looking, &rule->rules[0]);
	}
}

void rule_contradictions(const struct rule *rule, const struct rule_clock *clock, struct arena *arena,
                         struct remarks *remarks) {
	struct looking looking = { .clock = clock, .arena = arena, .remarks = remarks };
	*remarks = (struct remarks){ 0 };
	look(&looking, rule);
}
