/* From rules to filters. A part that the database cannot decide becomes a condition that meets more people than the
 * part, never fewer; so that this stays true below a "not", each part is compiled as wanted or as not wanted. */
#include "segments/compile.h"

#include <math.h>

#include "segments/check.h"

/* What a part became. */
struct part {
	struct condition condition;
	bool decides;
	const char *lead;
};

struct compiler {
	const struct rule_clock *clock;
	struct arena *arena;
};

static const struct filter *filter_of(const struct compiler *compiler, const struct condition *conditions, int count) {
	struct condition *items = arena_array(compiler->arena, struct condition, count + 1);
	struct filter *filter = arena_new_of(compiler->arena, struct filter);
	for (int i = 0; i < count; i++)
		items[i] = conditions[i];
	*filter = (struct filter){ items, count };
	return filter;
}

static struct condition group_of(const struct compiler *compiler, enum filter_operator op,
                                 const struct condition *conditions, int count) {
	return (struct condition){ .op = op, .nested = filter_of(compiler, conditions, count) };
}

static struct condition both(const struct compiler *compiler, struct condition a, struct condition b) {
	const struct condition two[] = { a, b };
	return group_of(compiler, FILTER_ALL_OF, two, 2);
}

static struct condition either(const struct compiler *compiler, struct condition a, struct condition b) {
	const struct condition two[] = { a, b };
	return group_of(compiler, FILTER_ANY_OF, two, 2);
}

static struct condition none(const struct compiler *compiler, struct condition condition) {
	return group_of(compiler, FILTER_NONE_OF, &condition, 1);
}

static struct condition nobody(void) {
	return by_id(NULL);
}

/* One custom field that meets the condition. */
static struct condition of_attribute(const struct compiler *compiler, const char *key, struct condition condition) {
	const struct condition two[] = { eq_text("key", key), condition };
	return (struct condition){ .op = FILTER_ELEMENT, .field = "attributes", .nested = filter_of(compiler, two, 2) };
}

static struct condition of_texts(const char *stored, const struct rule *rule) {
	const struct strings *folds = &rule->value.folds;
	switch (rule->op->test) {
	case TEST_IS:
		return folds->count == 1 ? eq_text(stored, folds->items[0]) : in_texts(stored, folds);
	case TEST_CONTAINS:
		return contains_text(stored, folds->items[0]);
	case TEST_BEGINS:
		return prefix_text(stored, folds->items[0]);
	case TEST_ENDS:
		return suffix_text(stored, folds->items[0]);
	default:
		return gt_text(stored, "");
	}
}

static struct condition text_condition(const struct compiler *compiler, const struct rule *rule) {
	const struct rule_field *field = rule->field;
	if (field->attribute)
		return of_attribute(compiler, field->attribute, of_texts("fold", rule));
	if (rule->op->test == TEST_IS && field->exact.stored)
		return of_texts(field->exact.stored, rule);
	struct condition condition = of_texts(field->member.stored, rule);
	if (!strings_have(&rule->value.folds, field->otherwise))
		return condition;
	return either(compiler, condition,
	              either(compiler, is_absent(field->member.stored), eq_text(field->member.stored, "")));
}

static struct condition number_condition(const struct compiler *compiler, const struct rule *rule) {
	struct rule_range range = rule_range(rule);
	struct condition from = range.above ? gt_real("number", range.from) : gte_real("number", range.from);
	struct condition to = range.below ? lt_real("number", range.to) : lte_real("number", range.to);
	if (rule->op->test == TEST_PRESENT)
		return of_attribute(compiler, rule->field->attribute, is_present("number"));
	return of_attribute(compiler, rule->field->attribute,
	                    both(compiler, isinf(range.from) ? anything() : from, isinf(range.to) ? anything() : to));
}

static struct condition within(const struct compiler *compiler, const char *stored, const struct rule_span *span) {
	return both(compiler, moment_is_set(span->from) ? gte_moment(stored, span->from) : anything(),
	            moment_is_set(span->to) ? lt_moment(stored, span->to) : anything());
}

static struct condition moment_condition(const struct compiler *compiler, const struct rule *rule) {
	const struct rule_field *field = rule->field;
	const char *stored = field->attribute ? "at" : field->member.stored;
	struct condition condition = is_present(stored);
	if (rule->op->test == TEST_WITHIN) {
		struct rule_span span = rule_span(rule, compiler->clock);
		condition = within(compiler, stored, &span);
	}
	return field->attribute ? of_attribute(compiler, field->attribute, condition) : condition;
}

static struct condition truth_condition(const struct rule *rule) {
	/* Absent is true of a person's activity and false of everything else. */
	bool absent = record_field_stored(&facts_record, rule->field->member.stored)->flags & FIELD_TRUE;
	bool truth = rule->value.truth;
	return truth == absent ? ne_bool(rule->field->member.stored, !truth) : eq_bool(rule->field->member.stored, truth);
}

static struct condition list_condition(const struct compiler *compiler, const struct rule *rule) {
	const char *id = rule->value.id;
	switch (rule->op->test) {
	case TEST_ON:
		return eq_id("list_ids", id);
	case TEST_SUBSCRIBED:
		return eq_id("subscribed_ids", id);
	case TEST_UNSUBSCRIBED:
		return eq_id("unsubscribed_ids", id);
	case TEST_PENDING:
		return both(compiler, eq_id("list_ids", id),
		            both(compiler, ne_id("subscribed_ids", id), ne_id("unsubscribed_ids", id)));
	default:
		return gt_id("list_ids", "000000000000000000000000");
	}
}

static struct condition done_condition(const struct compiler *compiler, const struct rule *rule) {
	const struct rule_field *field = rule->field;
	if (rule->op->test == TEST_AT_LEAST)
		return gte_count(field->member.stored, rule->value.count);
	struct rule_span span = rule_span(rule, compiler->clock);
	struct condition last = within(compiler, field->last.stored, &span);
	return field->other_last.stored ? either(compiler, last, within(compiler, field->other_last.stored, &span)) : last;
}

/* What everybody has who did it, or was sent the campaign. Nobody has done or been sent what does not exist. */
static struct condition campaign_condition(const struct compiler *compiler, const struct rule *rule) {
	static const char *const counts[EVENT_TYPE_COUNT] = {
		[EVENT_OPENED] = "engagement.opened",         [EVENT_CLICKED] = "engagement.clicked",
		[EVENT_BOUNCED] = "engagement.bounced",       [EVENT_UNSUBSCRIBED] = "engagement.unsubscribed",
		[EVENT_COMPLAINED] = "engagement.complained",
	};
	const struct named_campaign *campaign = rule->value.campaign;
	if (rule->op->test == TEST_IGNORED)
		return campaign ? both(compiler, in_ids("list_ids", &campaign->list_ids),
		                       lte_moment("created_at", campaign->sent_at))
		                : nobody();
	return gt_count(counts[rule->op->event], 0);
}

static struct condition condition_of(const struct compiler *compiler, const struct rule *rule) {
	switch (rule->field->type) {
	case RULE_TEXT:
	case RULE_OPTION:
	case RULE_CHOICE:
	case RULE_DOMAIN:
	case RULE_CONSENT:
		return text_condition(compiler, rule);
	case RULE_NUMBER:
		return number_condition(compiler, rule);
	case RULE_MOMENT:
	case RULE_DAY:
		return moment_condition(compiler, rule);
	case RULE_BOOLEAN:
		return truth_condition(rule);
	case RULE_TAG:
		return of_texts("tags", rule);
	case RULE_LIST:
		return list_condition(compiler, rule);
	case RULE_DONE:
	case RULE_COUNTED:
	case RULE_LATELY:
		return done_condition(compiler, rule);
	case RULE_CAMPAIGN:
	case RULE_RECENT:
	case RULE_SEGMENT:
		break;
	}
	return campaign_condition(compiler, rule);
}

/* The stored member whose index narrows to the condition's people; NULL if none does. */
static const char *lead_of(const struct rule *rule) {
	const struct rule_field *field = rule->field;
	enum rule_test test = rule->op->test;
	bool is_ordered = test == TEST_IS || test == TEST_BEGINS || test == TEST_WITHIN || test == TEST_PRESENT;
	if (field->type == RULE_LIST)
		return test == TEST_SUBSCRIBED ? "subscribed_ids" : test == TEST_UNSUBSCRIBED ? "unsubscribed_ids" : "list_ids";
	if (field->type == RULE_CAMPAIGN)
		return test == TEST_IGNORED ? "list_ids" : NULL;
	if (field->attribute)
		return "attributes";
	if (test == TEST_IS && field->exact.stored)
		return field->exact.stored;
	return field->leads && is_ordered ? field->member.stored : NULL;
}

static struct part part_of(const struct compiler *compiler, const struct rule *rule, bool wanted);

/* Nothing is known of those who did not do it: only rule_meets tells them from the others. */
static struct part leaf_of(const struct compiler *compiler, const struct rule *rule, bool wanted) {
	bool is_unsure = rule->field->type == RULE_CAMPAIGN || rule->field->type == RULE_RECENT;
	if (rule->field->type == RULE_SEGMENT)
		return part_of(compiler, &rule->rules[0], wanted);
	if (is_unsure && !wanted)
		return (struct part){ anything(), false, NULL };
	struct condition condition = condition_of(compiler, rule);
	return wanted ? (struct part){ condition, !is_unsure, lead_of(rule) }
	              : (struct part){ none(compiler, condition), true, NULL };
}

/* How much an index that begins with a member narrows, in order; the rest is last. */
static int rank_of(const char *lead) {
	static const char *const best_first[] = { "email_norm", "phone", "attributes",     "company_fold",
		                                      "domain",     "tags",  "subscribed_ids", "unsubscribed_ids",
		                                      "list_ids" };
	int count = sizeof best_first / sizeof *best_first;
	for (int i = 0; i < count; i++)
		if (text_same(best_first[i], lead))
			return i;
	return lead ? count : count + 1;
}

/* Of parts that must all hold one index is enough; of parts of which one is enough each needs its own. */
static const char *group_lead(const struct part *parts, int count, bool all) {
	const char *lead = parts[0].lead;
	for (int i = 1; i < count; i++)
		if (all ? rank_of(parts[i].lead) < rank_of(lead) : rank_of(parts[i].lead) > rank_of(lead))
			lead = parts[i].lead;
	return lead;
}

static struct part join(const struct compiler *compiler, const struct part *parts, int count, bool all) {
	struct condition *conditions = arena_array(compiler->arena, struct condition, count);
	bool decides = true, has_everybody = false;
	for (int i = 0; i < count; i++) {
		conditions[i] = parts[i].condition;
		decides = decides && parts[i].decides;
		has_everybody = has_everybody || parts[i].condition.op == FILTER_ANYTHING;
	}
	if (!all && has_everybody)
		return (struct part){ anything(), decides, NULL };
	struct condition joined = group_of(compiler, all ? FILTER_ALL_OF : FILTER_ANY_OF, conditions, count);
	return (struct part){ joined, decides, group_lead(parts, count, all) };
}

static struct part part_of(const struct compiler *compiler, const struct rule *rule, bool wanted) {
	if (rule->kind == RULE_EVERYBODY)
		return (struct part){ wanted ? anything() : nobody(), true, wanted ? NULL : "email_norm" };
	if (rule->kind == RULE_CONDITION)
		return leaf_of(compiler, rule, wanted != rule->op->negated);
	bool inner = rule->kind == RULE_NOT ? !wanted : wanted;
	struct part *parts = arena_array(compiler->arena, struct part, rule->count);
	for (int i = 0; i < rule->count; i++)
		parts[i] = part_of(compiler, &rule->rules[i], inner);
	/* Not wanting one of several is wanting none of them. */
	return join(compiler, parts, rule->count, (rule->kind == RULE_ANY) != wanted);
}

void rule_compile(const struct rule *rule, const struct rule_clock *clock, struct arena *arena,
                  struct compiled_rule *compiled) {
	const struct compiler compiler = { clock, arena };
	struct part part = part_of(&compiler, rule, true);
	*compiled = (struct compiled_rule){ rule, filter_of(&compiler, &part.condition, 1), part.decides, part.lead,
		                                rule_campaigns(rule, arena) };
}
