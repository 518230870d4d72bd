/* Whom a rule meets, read from its JSON slowly and plainly, by no code of the room. */
#ifndef UNIT_SEGMENTS_ORACLE_H
#define UNIT_SEGMENTS_ORACLE_H

#include "unit/segments/world.h"

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
		          { "suppressed", person->suppressed },
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
