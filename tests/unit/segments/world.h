/* People, what rules may name, and rules, all at random but the same each time. */
#ifndef UNIT_SEGMENTS_WORLD_H
#define UNIT_SEGMENTS_WORLD_H

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/formats/json.h"
#include "segments/check.h"
#include "unit/support.h"

#define LIST_A "aaaaaaaaaaaaaaaaaaaaaaa1"
#define LIST_B "aaaaaaaaaaaaaaaaaaaaaaa2"
#define LIST_GONE "aaaaaaaaaaaaaaaaaaaaaaa3"
#define LIST_RULED "aaaaaaaaaaaaaaaaaaaaaaa4"
#define CAMPAIGN_NEW "cccccccccccccccccccccc01"
#define CAMPAIGN_OLD "cccccccccccccccccccccc02"
#define CAMPAIGN_DRAFT "cccccccccccccccccccccc03"

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

struct dice {
	uint64_t state;
};

static inline int roll(struct dice *dice, int sides) {
	dice->state = dice->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((dice->state >> 33) % (uint64_t)sides);
}

static const char *const lists[] = { LIST_A, LIST_B, LIST_GONE };
static const char *const campaigns[] = { CAMPAIGN_NEW, CAMPAIGN_OLD, CAMPAIGN_DRAFT };
static const char *const tags[] = { "vip", "new-customer", "lapsed", "strasse" };
static const char *const texts[] = { "Acme", "ACME Beta", "Straße",     "strasse 5", "a.b*c",
	                                 "me",   "Ä",         "\U0001F600", "x\n",       "x" };
static const char *const domains[] = { "acme.example", "mail.acme.example", "beta.example" };

/* 28 October 2026 is after Berlin's clocks were set back, 25 October 01:00 UTC. */
#define WORLD_NOW at("2026-10-28T22:30:00Z")

static inline const struct rule_names *world_names(void) {
	static struct named_list known[] = { { LIST_A, "Newsletter", false },
		                                 { LIST_B, "Offers", false },
		                                 { LIST_RULED, "Ruled", true } };
	static const char *to_a[] = { LIST_A }, *to_both[] = { LIST_A, LIST_B };
	static struct named_campaign sent[] = { { CAMPAIGN_DRAFT, "Draft", { to_both, 2 }, { INT64_MIN } },
		                                    { CAMPAIGN_NEW, "Autumn offer", { to_both, 2 }, { 0 } },
		                                    { CAMPAIGN_OLD, "Summer", { to_a, 1 }, { 0 } } };
	static struct named_custom customs[] = { { "size", "Size", CUSTOM_CHOICE, { NULL, 0 } },
		                                     { "visits", "Visits", CUSTOM_NUMBER, { NULL, 0 } },
		                                     { "birthday", "Birthday", CUSTOM_DATE, { NULL, 0 } } };
	static struct named_segment segments[] = {
		{ "good", "{\"field\":\"tag\",\"operator\":\"has\",\"value\":\"VIP\"}" },
		{ "better", "{\"match\":\"all\",\"rules\":[{\"field\":\"segment\",\"operator\":\"in\",\"value\":\"good\"},"
		            "{\"field\":\"company\",\"operator\":\"not_empty\"}]}" },
		{ "looped",
		  "{\"match\":\"not\",\"rules\":[{\"field\":\"segment\",\"operator\":\"in\",\"value\":\"looped\"}]}" },
	};
	static const struct rule_names names = { { known, 3 }, { sent, 3 }, { customs, 3 }, { segments, 3 } };
	sent[1].sent_at = at("2026-10-20T10:00:00Z");
	sent[2].sent_at = at("2026-09-20T10:00:00Z");
	return &names;
}

/* People. */

static inline const char *a_fold(struct dice *dice, struct arena *arena) {
	int which = roll(dice, COUNT(texts) + 3);
	return which < COUNT(texts) ? text_fold(arena, texts[which]) : which == COUNT(texts) ? "" : NULL;
}

static inline struct strings a_choice_of(struct dice *dice, struct arena *arena, const char *const *from, int count) {
	struct strings some = { arena_array(arena, const char *, count), 0 };
	for (int i = 0; i < count; i++)
		if (roll(dice, 2))
			some.items[some.count++] = from[i];
	return some;
}

/* Near a midnight in Berlin, often exactly; or none. */
static inline struct moment a_moment(struct dice *dice) {
	static const int64_t offsets[] = { 0, -1, 1, 6 * HOUR_MS, 14 * HOUR_MS };
	struct moment midnight = at("2026-10-27T23:00:00Z");
	int days = roll(dice, 90) - 70;
	return roll(dice, 5)
	           ? moment_add(midnight, days * DAY_MS + (days < -2 ? -HOUR_MS : 0) + offsets[roll(dice, COUNT(offsets))])
	           : MOMENT_NONE;
}

static inline void add_attributes(struct dice *dice, struct arena *arena, struct facts *person) {
	struct attribute_fact *attributes = arena_array(arena, struct attribute_fact, 3);
	int count = 0;
	if (roll(dice, 2))
		attributes[count++] = (struct attribute_fact){ "size", a_fold(dice, arena), NAN, MOMENT_NONE };
	if (roll(dice, 3))
		attributes[count++] = (struct attribute_fact){ "visits", "n", roll(dice, 3) ? roll(dice, 7) - 1.5 : NAN,
			                                           MOMENT_NONE };
	if (roll(dice, 3))
		attributes[count++] = (struct attribute_fact){
			"birthday", "d", NAN,
			roll(dice, 4) ? moment_add(at("2026-10-28"), (roll(dice, 20) - 10) * DAY_MS) : MOMENT_NONE
		};
	person->attributes = (struct rows){ attributes, count };
}

static inline void add_engagement(struct dice *dice, struct arena *arena, struct facts *person) {
	int64_t *counts[EVENT_TYPE_COUNT] = { &person->engagement.opened, &person->engagement.clicked,
		                                  &person->engagement.bounced, &person->engagement.unsubscribed,
		                                  &person->engagement.complained };
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		person->deeds.campaign_ids[type] = a_choice_of(dice, arena, campaigns, roll(dice, 2) ? COUNT(campaigns) : 0);
		*counts[type] = person->deeds.campaign_ids[type].count;
		if (*counts[type] == 0 && roll(dice, 2))
			*counts[type] = COUNT_NONE;
	}
	person->engagement.last_opened_at = person->engagement.opened > 0 ? a_moment(dice) : MOMENT_NONE;
	person->engagement.last_clicked_at = person->engagement.clicked > 0 ? a_moment(dice) : MOMENT_NONE;
}

static inline void add_lists(struct dice *dice, struct arena *arena, struct facts *person) {
	person->list_ids = a_choice_of(dice, arena, lists, COUNT(lists));
	person->subscribed_ids = person->unsubscribed_ids = (struct strings){ arena_array(arena, const char *, 6), 0 };
	person->unsubscribed_ids.items += 3;
	for (int i = 0; i < person->list_ids.count; i++) {
		struct strings *ids = roll(dice, 2)   ? &person->subscribed_ids
		                      : roll(dice, 2) ? &person->unsubscribed_ids
		                                      : NULL;
		if (ids)
			ids->items[ids->count++] = person->list_ids.items[i];
	}
}

static inline struct facts a_person(struct dice *dice, struct arena *arena, int number) {
	static const char *const statuses[] = { "subscribed", "pending", "unsubscribed", NULL };
	static const char *const sources[] = { "observed", "typed", "imported", "api", NULL };
	static const char *const suppressions[] = { "complained", "bounced", "manual", NULL, NULL };
	static const char *const trackings[] = { "unknown", "granted", "refused", "withdrawn", NULL };
	struct facts person;
	record_clear(&facts_record, &person);
	person.id = arena_print(arena, "%024x", number);
	person.domain = domains[roll(dice, COUNT(domains))];
	person.email_norm = arena_print(arena, "p%d@%s", number, person.domain);
	person.search = person.email_norm;
	person.company_fold = a_fold(dice, arena);
	person.last_name_fold = a_fold(dice, arena);
	person.tags = a_choice_of(dice, arena, tags, roll(dice, 3) ? COUNT(tags) : 0);
	person.status = statuses[roll(dice, COUNT(statuses))];
	person.source = sources[roll(dice, COUNT(sources))];
	person.suppressed = suppressions[roll(dice, COUNT(suppressions))];
	person.tracking.state = trackings[roll(dice, COUNT(trackings))];
	person.consent.source = roll(dice, 2) ? "form" : NULL;
	person.is_active = roll(dice, 3);
	person.unproven = !roll(dice, 3);
	person.created_at = a_moment(dice);
	add_lists(dice, arena, &person);
	add_attributes(dice, arena, &person);
	add_engagement(dice, arena, &person);
	return person;
}

/* Rules. */

static inline void put_value(struct dice *dice, const struct rule_field *field, const struct rule_operator *op,
                             struct buf *out) {
	char from[MOMENT_TEXT], to[MOMENT_TEXT];
	const char *const *words = texts;
	int count = COUNT(texts);
	if (field && field->type == RULE_TAG)
		words = tags, count = COUNT(tags);
	if (field && field->type == RULE_DOMAIN)
		words = domains, count = COUNT(domains);
	if (field && field->options)
		words = field->options->items, count = field->options->count;
	if (field && field->choices)
		words = field->choices->names, count = field->choices->count;
	struct moment day = moment_add(at("2026-10-28"), (roll(dice, 20) - 15) * DAY_MS);
	switch (op->takes) {
	case TAKES_NOTHING:
		buf_text_add(out, "null");
		break;
	case TAKES_TEXT:
		json_write_text(out, words[roll(dice, count)]);
		break;
	case TAKES_TEXTS:
		buf_char(out, '[');
		json_write_text(out, words[roll(dice, count)]);
		buf_char(out, ',');
		json_write_text(out, words[roll(dice, count)]);
		buf_char(out, ']');
		break;
	case TAKES_NUMBER:
		buf_print(out, "%d.5", roll(dice, 5));
		break;
	case TAKES_NUMBERS:
		buf_print(out, "[%d.5, %d]", roll(dice, 2), 2 + roll(dice, 4));
		break;
	case TAKES_DAY:
		buf_print(out, "\"%s\"", moment_format_day(day, from));
		break;
	case TAKES_DAYS:
		buf_print(out, "[\"%s\", \"%s\"]", moment_format_day(day, from),
		          moment_format_day(moment_add(day, roll(dice, 9) * DAY_MS), to));
		break;
	case TAKES_TRUTH:
		buf_text_add(out, roll(dice, 2) ? "true" : "false");
		break;
	case TAKES_LIST:
		buf_print(out, "\"list_%s\"", lists[roll(dice, COUNT(lists))]);
		break;
	case TAKES_CAMPAIGN:
		buf_print(out, "\"%s\"", campaigns[roll(dice, COUNT(campaigns))]);
		break;
	case TAKES_DAY_COUNT:
		buf_print(out, "%d", 1 + roll(dice, 9));
		break;
	case TAKES_CAMPAIGN_COUNT:
		buf_print(out, "%d", 1 + roll(dice, 3));
		break;
	case TAKES_SEGMENT:
		buf_print(out, "\"%s\"", roll(dice, 3) ? "better" : roll(dice, 2) ? "lapsed" : "ALL");
		break;
	}
}

static inline void put_condition(struct dice *dice, struct buf *out) {
	static const char *const customs[] = { "custom.size", "custom.visits", "custom.birthday" };
	static const enum rule_type rule_types[] = { RULE_OPTION, RULE_NUMBER, RULE_DAY };
	int which = roll(dice, rule_field_count + 6), custom = roll(dice, 3);
	const struct rule_field *field = which < rule_field_count ? &rule_fields[which] : NULL;
	unsigned type = field ? field->type : rule_types[custom];
	const struct rule_operator *op;
	do
		op = &rule_operators[roll(dice, rule_operator_count)];
	while (!(op->types & type));
	buf_print(out, "{\"field\": \"%s\", \"operator\": \"%s\", \"value\": ", field ? field->key : customs[custom],
	          op->key);
	put_value(dice, field, op, out);
	buf_char(out, '}');
}

static inline void put_rule(struct dice *dice, int depth, struct buf *out) {
	static const char *const matches[] = { "all", "any", "not" };
	if (depth == 0 || !roll(dice, 3)) {
		put_condition(dice, out);
		return;
	}
	int count = 1 + roll(dice, 3);
	buf_print(out, "{\"match\": \"%s\", \"rules\": [", matches[roll(dice, 3)]);
	for (int i = 0; i < count; i++) {
		if (i)
			buf_char(out, ',');
		put_rule(dice, depth - 1, out);
	}
	buf_text_add(out, "]}");
}

#endif
