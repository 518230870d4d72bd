/* People, what rules may name, and rules, all at random but the same each time; and an oracle that reads the rule's
 * JSON by itself, slowly and plainly. */
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
	static struct named_list known[] = { { LIST_A, "Newsletter" }, { LIST_B, "Offers" } };
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
	static const struct rule_names names = { { known, 2 }, { sent, 3 }, { customs, 3 }, { segments, 3 } };
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
	static const enum rule_type custom_types[] = { RULE_OPTION, RULE_NUMBER, RULE_DAY };
	int which = roll(dice, rule_field_count + 6), custom = roll(dice, 3);
	const struct rule_field *field = which < rule_field_count ? &rule_fields[which] : NULL;
	unsigned type = field ? field->type : custom_types[custom];
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

/* The oracle. */

struct oracle {
	const struct facts *person;
	const struct zone *zone;
	struct arena *arena;
};

static inline const char *said(const struct value *json, const char *name) {
	const struct value *value = value_get(json, name);
	return value && value->kind == VALUE_TEXT ? value->text : "";
}

static inline int64_t day_number(struct moment moment, const struct zone *zone) {
	struct moment wall = zone ? zone_wall(zone, moment) : moment;
	return (int64_t)floor((double)wall.ms / (double)DAY_MS);
}

static inline bool oracle_text(const struct oracle *oracle, const char *is, const char *op,
                               const struct value *wanted) {
	const struct value *first = wanted && wanted->kind == VALUE_LIST ? wanted->first : wanted;
	const char *other = is ? is : "";
	if (strcmp(op, "empty") == 0 || strcmp(op, "not_on_record") == 0)
		return !*other;
	if (strcmp(op, "not_empty") == 0 || strcmp(op, "on_record") == 0)
		return *other;
	bool same = false;
	for (const struct value *one = first; one; one = wanted->kind == VALUE_LIST ? one->next : NULL)
		same = same || strcmp(other, text_fold(oracle->arena, text_trim(oracle->arena, one->text))) == 0;
	if (strcmp(op, "is") == 0 || strcmp(op, "one_of") == 0)
		return same;
	if (strcmp(op, "is_not") == 0 || strcmp(op, "none_of") == 0)
		return !same;
	const char *part = text_fold(oracle->arena, text_trim(oracle->arena, first->text));
	size_t size = strlen(part);
	if (strcmp(op, "begins") == 0)
		return strncmp(other, part, size) == 0;
	if (strcmp(op, "ends") == 0)
		return strlen(other) >= size && strcmp(other + strlen(other) - size, part) == 0;
	return (strstr(other, part) != NULL) == (strcmp(op, "contains") == 0);
}

static inline bool oracle_days(bool is, int64_t day, int64_t today, const char *op, const struct value *wanted) {
	const struct value *list = wanted && wanted->kind == VALUE_LIST ? wanted : NULL, *one = list ? list->first : wanted;
	int64_t first = one && one->kind == VALUE_TEXT ? day_number(at(one->text), NULL) : 0;
	int64_t last = list ? day_number(at(one->next->text), NULL) : first;
	int64_t n = one && one->kind == VALUE_INT ? one->integer : 0;
	if (strcmp(op, "empty") == 0)
		return !is;
	if (strcmp(op, "not_in_last_days") == 0)
		return !(is && day <= today && today - day <= n);
	return is && ((strcmp(op, "not_empty") == 0) || (strcmp(op, "before") == 0 && day < first) ||
	              (strcmp(op, "after") == 0 && day > first) || (strcmp(op, "on") == 0 && day == first) ||
	              (strcmp(op, "between") == 0 && day >= first && day <= last) ||
	              (strcmp(op, "in_last_days") == 0 && day <= today && today - day <= n) ||
	              (strcmp(op, "more_than_days_ago") == 0 && today - day > n) ||
	              (strcmp(op, "in_next_days") == 0 && day >= today && day - today <= n));
}

static inline bool oracle_number(double is, const char *op, const struct value *wanted) {
	const struct value *one = wanted && wanted->kind == VALUE_LIST ? wanted->first : wanted;
	double number = one && one->kind == VALUE_REAL  ? one->real
	                : one && one->kind == VALUE_INT ? (double)one->integer
	                                                : 0;
	double last = wanted && wanted->kind == VALUE_LIST ? (double)one->next->integer : 0;
	if (strcmp(op, "empty") == 0)
		return isnan(is);
	if (strcmp(op, "not_equals") == 0)
		return !(is == number);
	return !isnan(is) && ((strcmp(op, "not_empty") == 0) || (strcmp(op, "equals") == 0 && is == number) ||
	                      (strcmp(op, "less") == 0 && is < number) || (strcmp(op, "at_most") == 0 && is <= number) ||
	                      (strcmp(op, "more") == 0 && is > number) || (strcmp(op, "at_least") == 0 && is >= number) ||
	                      (strcmp(op, "between") == 0 && is >= number && is <= last));
}

static inline bool oracle_list(const struct facts *person, const char *op, const char *id) {
	bool on = strings_have(&person->list_ids, id), in = strings_have(&person->subscribed_ids, id);
	bool out = strings_have(&person->unsubscribed_ids, id);
	return strcmp(op, "on") == 0               ? on
	       : strcmp(op, "not_on") == 0         ? !on
	       : strcmp(op, "subscribed") == 0     ? in
	       : strcmp(op, "not_subscribed") == 0 ? !in
	       : strcmp(op, "unsubscribed") == 0   ? out
	       : strcmp(op, "pending") == 0        ? on && !in && !out
	       : strcmp(op, "empty") == 0          ? person->list_ids.count == 0
	                                           : person->list_ids.count > 0;
}

static inline bool oracle_campaign(const struct facts *person, const char *op, const char *id) {
	static const char *const names[] = { "opened", "clicked", "bounced", "unsubscribed", "complained" };
	const struct strings *deeds = person->deeds.campaign_ids;
	for (int type = 0; type < EVENT_TYPE_COUNT; type++)
		if (strcmp(op, names[type]) == 0)
			return strings_have(&deeds[type], id);
	bool is_new = strcmp(id, CAMPAIGN_NEW) == 0, on_a = strings_have(&person->list_ids, LIST_A);
	struct moment sent = at(is_new ? "2026-10-20T10:00:00Z" : "2026-09-20T10:00:00Z");
	bool on = on_a || (is_new && strings_have(&person->list_ids, LIST_B));
	bool did = strings_have(&deeds[strcmp(op, "not_opened") == 0 ? EVENT_OPENED : EVENT_CLICKED], id);
	return strcmp(id, CAMPAIGN_DRAFT) != 0 && on && moment_is_set(person->created_at) &&
	       person->created_at.ms <= sent.ms && !did && !strings_have(&deeds[EVENT_BOUNCED], id);
}

static inline bool oracle_recent(const struct facts *person, const char *op, int64_t n) {
	const struct strings *did = &person->deeds
	                                 .campaign_ids[strcmp(op, "opened_none") == 0 ? EVENT_OPENED : EVENT_CLICKED];
	return !strings_have(did, CAMPAIGN_NEW) && (n < 2 || !strings_have(did, CAMPAIGN_OLD));
}

static inline bool oracle_tags(const struct oracle *oracle, const char *op, const struct value *wanted) {
	bool has = false;
	if (strcmp(op, "empty") == 0 || strcmp(op, "not_empty") == 0)
		return (oracle->person->tags.count == 0) == (strcmp(op, "empty") == 0);
	for (const struct value *one = wanted->kind == VALUE_LIST ? wanted->first : wanted; one; one = one->next) {
		has = has || strings_have(&oracle->person->tags, text_fold(oracle->arena, one->text));
		if (wanted->kind != VALUE_LIST)
			break;
	}
	return has == (strcmp(op, "has") == 0 || strcmp(op, "has_any") == 0);
}

static inline bool oracle_done(const struct oracle *oracle, const char *key, const char *op, int64_t n) {
	const struct engagement *engagement = &oracle->person->engagement;
	int64_t today = day_number(WORLD_NOW, oracle->zone);
	int64_t count = strcmp(key, "opened") == 0         ? engagement->opened
	                : strcmp(key, "clicked") == 0      ? engagement->clicked
	                : strcmp(key, "bounced") == 0      ? engagement->bounced
	                : strcmp(key, "unsubscribed") == 0 ? engagement->unsubscribed
	                                                   : engagement->complained;
	bool by_open = strcmp(key, "clicked") != 0, by_click = strcmp(key, "opened") != 0, lately = false;
	const struct moment moments[] = { by_open ? engagement->last_opened_at : MOMENT_NONE,
		                              by_click ? engagement->last_clicked_at : MOMENT_NONE };
	if (strcmp(op, "at_least") == 0)
		return count >= n;
	if (strcmp(op, "fewer_than") == 0)
		return !(count >= n);
	for (int i = 0; i < 2; i++) {
		int64_t day = moment_is_set(moments[i]) ? day_number(moments[i], oracle->zone) : today + 1;
		lately = lately || (day <= today && today - day <= n);
	}
	return lately == (strcmp(op, "in_last_days") == 0);
}

static inline bool oracle_custom(const struct oracle *oracle, const char *key, const char *op,
                                 const struct value *wanted) {
	const struct attribute_fact *attributes = oracle->person->attributes.items;
	struct attribute_fact its = { key, NULL, NAN, MOMENT_NONE };
	for (int i = 0; i < oracle->person->attributes.count; i++)
		if (strcmp(attributes[i].key, key) == 0)
			its = attributes[i];
	bool is = moment_is_set(its.at);
	if (strcmp(key, "visits") == 0)
		return oracle_number(its.number, op, wanted);
	if (strcmp(key, "birthday") == 0)
		return oracle_days(is, is ? day_number(its.at, NULL) : 0, day_number(WORLD_NOW, oracle->zone), op, wanted);
	return oracle_text(oracle, its.fold, op, wanted);
}

static inline bool oracle_condition(const struct oracle *oracle, const struct value *json) {
	const struct facts *person = oracle->person;
	const char *key = said(json, "field"), *op = said(json, "operator");
	const struct value *wanted = value_get(json, "value");
	const char *word = said(json, "value");
	const struct {
		const char *key, *is;
	} words[] = { { "email", person->email_norm },
		          { "domain", person->domain },
		          { "first_name", person->first_name_fold },
		          { "last_name", person->last_name_fold },
		          { "company", person->company_fold },
		          { "job_title", person->job_title_fold },
		          { "location", person->location_fold },
		          { "phone", person->phone },
		          { "status", person->status ? person->status : "unknown" },
		          { "source", person->source ? person->source : "observed" },
		          { "tracking", person->tracking.state ? person->tracking.state : "unknown" },
		          { "consent", person->consent.source } };
	for (int i = 0; i < COUNT(words); i++)
		if (strcmp(key, words[i].key) == 0)
			return oracle_text(oracle, words[i].is, op, wanted);
	if (strncmp(key, "custom.", 7) == 0)
		return oracle_custom(oracle, key + 7, op, wanted);
	if (strcmp(key, "tag") == 0)
		return oracle_tags(oracle, op, wanted);
	if (strcmp(key, "list") == 0)
		return oracle_list(person, op, text_starts(word, "list_") ? word + 5 : word);
	if (strcmp(key, "active") == 0 || strcmp(key, "unproven") == 0)
		return (strcmp(key, "active") == 0 ? person->is_active : person->unproven) == wanted->boolean;
	if (strcmp(key, "campaign") == 0)
		return oracle_campaign(person, op, word);
	if (strcmp(key, "last_campaigns") == 0)
		return oracle_recent(person, op, wanted->integer);
	if (strcmp(key, "segment") == 0) {
		bool in = strcmp(word, "ALL") == 0 || (strcmp(word, "lapsed") == 0 ? strings_have(&person->tags, "lapsed")
		                                                                   : strings_have(&person->tags, "vip") &&
		                                                                         !text_is_empty(person->company_fold));
		return in == (strcmp(op, "in") == 0);
	}
	if (strcmp(key, "created") == 0 || strcmp(key, "unsubscribed_here") == 0) {
		struct moment moment = strcmp(key, "created") == 0 ? person->created_at : person->unsubscribed_at;
		bool is = moment_is_set(moment);
		return oracle_days(is, is ? day_number(moment, oracle->zone) : 0, day_number(WORLD_NOW, oracle->zone), op,
		                   wanted);
	}
	return oracle_done(oracle, key, op, wanted->integer);
}

static inline bool oracle_meets(const struct oracle *oracle, const struct value *json) {
	const struct value *rules = value_get(json, "rules");
	const char *match = said(json, "match");
	int count = 0;
	if (!rules)
		return oracle_condition(oracle, json);
	for (const struct value *rule = rules->first; rule; rule = rule->next)
		count += oracle_meets(oracle, rule);
	return strcmp(match, "all") == 0 ? count == rules->count : strcmp(match, "any") == 0 ? count > 0 : count == 0;
}

#endif
