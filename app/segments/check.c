/* Rules over facts. */
#include "segments/check.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "segments/words.h"

static const void *fact(const struct facts *facts, const struct rule_member *member) {
	return (const char *)facts + member->offset;
}

static const char *fact_text(const struct facts *facts, const struct rule_member *member) {
	return *(const char *const *)fact(facts, member);
}

static const struct attribute_fact *attribute_of(const struct facts *facts, const char *key) {
	const struct attribute_fact *attributes = facts->attributes.items;
	for (int i = 0; i < facts->attributes.count; i++)
		if (text_same(attributes[i].key, key))
			return &attributes[i];
	return NULL;
}

/* The text asked about; NULL without one. */
static const char *asked_text(const struct rule *rule, const struct facts *facts) {
	const struct rule_field *field = rule->field;
	if (field->attribute) {
		const struct attribute_fact *attribute = attribute_of(facts, field->attribute);
		return attribute && !text_is_empty(attribute->fold) ? attribute->fold : NULL;
	}
	const char *text = fact_text(facts,
	                             rule->op->test == TEST_IS && field->exact.stored ? &field->exact : &field->member);
	return text_is_empty(text) ? field->otherwise : text;
}

bool rule_text_passes(const struct rule *rule, const char *text) {
	const struct strings *folds = &rule->value.folds;
	switch (rule->op->test) {
	case TEST_IS:
		return strings_have(folds, text);
	case TEST_CONTAINS:
		return text && strstr(text, folds->items[0]);
	case TEST_BEGINS:
		return text && text_starts(text, folds->items[0]);
	case TEST_ENDS:
		return text && g_str_has_suffix(text, folds->items[0]);
	default:
		return text != NULL;
	}
}

static bool number_passes(const struct rule *rule, const struct facts *facts) {
	const struct attribute_fact *attribute = attribute_of(facts, rule->field->attribute);
	if (!attribute || isnan(attribute->number))
		return false;
	struct rule_range range = rule_range(rule);
	double number = attribute->number;
	return rule->op->test == TEST_PRESENT || ((range.above ? number > range.from : number >= range.from) &&
	                                          (range.below ? number < range.to : number <= range.to));
}

static bool is_within(struct moment at, const struct rule_span *span) {
	return moment_is_set(at) && (!moment_is_set(span->from) || at.ms >= span->from.ms) &&
	       (!moment_is_set(span->to) || at.ms < span->to.ms);
}

static struct moment fact_moment(const struct facts *facts, const struct rule_member *member) {
	return member->stored ? *(const struct moment *)fact(facts, member) : MOMENT_NONE;
}

static bool moment_passes(const struct rule *rule, const struct facts *facts, const struct rule_clock *clock) {
	const struct rule_field *field = rule->field;
	struct moment at;
	if (field->attribute) {
		const struct attribute_fact *attribute = attribute_of(facts, field->attribute);
		at = attribute ? attribute->at : MOMENT_NONE;
	} else {
		at = fact_moment(facts, &field->member);
	}
	if (rule->op->test == TEST_PRESENT)
		return moment_is_set(at);
	struct rule_span span = rule_span(rule, clock);
	return is_within(at, &span);
}

static bool tags_pass(const struct rule *rule, const struct facts *facts) {
	return rule->op->test == TEST_PRESENT ? facts->tags.count > 0 : strings_meet(&facts->tags, &rule->value.folds);
}

static bool list_passes(const struct rule *rule, const struct facts *facts) {
	const char *id = rule->value.id;
	switch (rule->op->test) {
	case TEST_ON:
		return strings_have(&facts->list_ids, id);
	case TEST_SUBSCRIBED:
		return strings_have(&facts->subscribed_ids, id);
	case TEST_UNSUBSCRIBED:
		return strings_have(&facts->unsubscribed_ids, id);
	case TEST_PENDING:
		return strings_have(&facts->list_ids, id) && !strings_have(&facts->subscribed_ids, id) &&
		       !strings_have(&facts->unsubscribed_ids, id);
	default:
		return facts->list_ids.count > 0;
	}
}

static bool done_passes(const struct rule *rule, const struct facts *facts, const struct rule_clock *clock) {
	if (rule->op->test == TEST_AT_LEAST)
		return *(const int64_t *)fact(facts, &rule->field->member) >= rule->value.count;
	struct rule_span span = rule_span(rule, clock);
	return is_within(fact_moment(facts, &rule->field->last), &span) ||
	       is_within(fact_moment(facts, &rule->field->other_last), &span);
}

static bool did(const struct facts *facts, enum event_type event, const char *campaign_id) {
	return strings_have(&facts->deeds.campaign_ids[event], campaign_id);
}

/* As the page of those who did not open: on one of its lists since before it was sent, and it did not bounce. */
static bool was_sent(const struct facts *facts, const struct named_campaign *campaign) {
	return campaign && moment_is_set(campaign->sent_at) && moment_is_set(facts->created_at) &&
	       facts->created_at.ms <= campaign->sent_at.ms && strings_meet(&facts->list_ids, &campaign->list_ids) &&
	       !did(facts, EVENT_BOUNCED, campaign->id);
}

static bool campaign_passes(const struct rule *rule, const struct facts *facts) {
	enum event_type event = rule->op->event;
	if (rule->op->test == TEST_DID)
		return did(facts, event, rule->value.id);
	if (rule->op->test == TEST_IGNORED)
		return was_sent(facts, rule->value.campaign) && !did(facts, event, rule->value.id);
	return strings_meet(&facts->deeds.campaign_ids[event], &rule->value.recent);
}

static bool passes(const struct rule *rule, const struct facts *facts, const struct rule_clock *clock) {
	switch (rule->field->type) {
	case RULE_TEXT:
	case RULE_OPTION:
	case RULE_CHOICE:
	case RULE_DOMAIN:
	case RULE_CONSENT:
		return rule_text_passes(rule, asked_text(rule, facts));
	case RULE_NUMBER:
		return number_passes(rule, facts);
	case RULE_MOMENT:
	case RULE_DAY:
		return moment_passes(rule, facts, clock);
	case RULE_BOOLEAN:
		return *(const bool *)fact(facts, &rule->field->member) == rule->value.truth;
	case RULE_TAG:
		return tags_pass(rule, facts);
	case RULE_LIST:
		return list_passes(rule, facts);
	case RULE_DONE:
	case RULE_COUNTED:
	case RULE_LATELY:
		return done_passes(rule, facts, clock);
	case RULE_CAMPAIGN:
	case RULE_RECENT:
		return campaign_passes(rule, facts);
	case RULE_SEGMENT:
		return rule_meets(&rule->rules[0], facts, clock);
	}
	return false;
}

static bool group_meets(const struct rule *rule, const struct facts *facts, const struct rule_clock *clock) {
	bool wanted = rule->kind != RULE_ALL; /* one such decides */
	for (int i = 0; i < rule->count; i++)
		if (rule_meets(&rule->rules[i], facts, clock) == wanted)
			return rule->kind == RULE_ANY;
	return rule->kind != RULE_ANY;
}

bool rule_meets(const struct rule *rule, const struct facts *facts, const struct rule_clock *clock) {
	if (rule->kind == RULE_EVERYBODY)
		return true;
	if (rule->kind == RULE_CONDITION)
		return passes(rule, facts, clock) != rule->op->negated;
	return group_meets(rule, facts, clock);
}

/* Counts the conditions, of a segment with those of its rule. */
static int count_conditions(const struct rule *rule) {
	int count = rule->kind == RULE_CONDITION;
	for (int i = 0; i < rule->count; i++)
		count += count_conditions(&rule->rules[i]);
	return count;
}

struct explaining {
	const struct facts *facts;
	const struct rule_clock *clock;
	struct arena *arena;
	struct rows *reasons;
};

/* Of a group that wants all, or one that is not met because none holds, each part has its share; else those that have
 * the outcome. A segment is explained by its own conditions. */
static void explain(const struct explaining *explaining, const struct rule *rule) {
	bool holds = rule_meets(rule, explaining->facts, explaining->clock);
	if (rule->kind == RULE_CONDITION && rule->field->type != RULE_SEGMENT) {
		struct reason *reasons = explaining->reasons->items;
		reasons[explaining->reasons->count++] = (struct reason){ rule->path, rule_words_inside(rule, explaining->arena),
			                                                     holds };
		return;
	}
	bool turned = rule->kind == RULE_NOT || (rule->kind == RULE_CONDITION && rule->op->negated);
	for (int i = 0; i < rule->count; i++)
		if (rule_meets(&rule->rules[i], explaining->facts, explaining->clock) == (holds != turned))
			explain(explaining, &rule->rules[i]);
}

struct rows rule_reasons(const struct rule *rule, const struct facts *facts, const struct rule_clock *clock,
                         struct arena *arena, bool *meets) {
	struct rows reasons = { arena_array(arena, struct reason, count_conditions(rule) + 1), 0 };
	const struct explaining explaining = { facts, clock, arena, &reasons };
	*meets = rule_meets(rule, facts, clock);
	explain(&explaining, rule);
	return reasons;
}

static void gather_campaigns(const struct rule *rule, struct strings *ids, struct arena *arena) {
	const struct strings one = { (const char **)&rule->value.id, 1 };
	bool asks_one = rule->kind == RULE_CONDITION && rule->field->type == RULE_CAMPAIGN;
	bool asks_recent = rule->kind == RULE_CONDITION && rule->field->type == RULE_RECENT;
	const struct strings *more = asks_one ? &one : &rule->value.recent;
	if (asks_one || asks_recent) {
		const char **items = arena_array(arena, const char *, ids->count + more->count + 1);
		for (int i = 0; i < ids->count + more->count; i++)
			items[i] = i < ids->count ? ids->items[i] : more->items[i - ids->count];
		*ids = (struct strings){ items, ids->count + more->count };
	}
	for (int i = 0; i < rule->count; i++)
		gather_campaigns(&rule->rules[i], ids, arena);
}

struct strings rule_campaigns(const struct rule *rule, struct arena *arena) {
	struct strings ids = { 0 };
	gather_campaigns(rule, &ids, arena);
	return strings_distinct(arena, &ids);
}
