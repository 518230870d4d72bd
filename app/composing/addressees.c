/* Compositions as rules. */
#include "composing/addressees.h"

#include <string.h>

#include "core/formats/json.h"
#include "segments/list_rule.h"

struct building {
	const struct composition *composition;
	const struct composing_known *known;
	struct moment now;
	struct arena *arena;
	struct error *err;
};

/* Adds one rule to an array that grows. */
struct gathered {
	struct rule *rules;
	int count;
};

static void gather(struct building *building, struct gathered *gathered, const struct rule *rule) {
	struct rule *more = arena_array(building->arena, struct rule, (size_t)gathered->count + 1);
	if (gathered->count)
		memcpy(more, gathered->rules, sizeof *more * (size_t)gathered->count);
	more[gathered->count++] = *rule;
	gathered->rules = more;
}

/* NULL of none. */
static const struct rule *group(struct building *building, enum rule_kind kind, const struct gathered *gathered) {
	if (gathered->count == 0)
		return NULL;
	if (gathered->count == 1 && kind != RULE_NOT)
		return &gathered->rules[0];
	struct rule *whole = arena_new_of(building->arena, struct rule);
	*whole = (struct rule){ .kind = kind, .path = "", .rules = gathered->rules, .count = gathered->count };
	return whole;
}

static bool gather_text(struct building *building, struct gathered *gathered, const char *text) {
	struct rule_reading reading;
	if (!rule_read(text, &building->known->names, building->arena, &reading, building->err))
		return false;
	gather(building, gathered, reading.rule);
	return true;
}

static bool gather_lists(struct building *building, struct gathered *gathered, const struct strings *ids,
                         bool subscribed) {
	const struct composing_known *known = building->known;
	for (int i = 0; i < ids->count; i++) {
		const struct list *list = known_list(known, ids->items[i]);
		const struct rule *rule;
		if (!list)
			return error_field(building->err, "list_ids", "A list of this campaign was deleted: choose another one");
		if (!list_rule_of(list, known->lists, known->list_count, subscribed, &known->names, building->arena, &rule,
		                  building->err))
			return false;
		gather(building, gathered, rule);
	}
	return true;
}

static bool gather_segments(struct building *building, struct gathered *gathered, const struct strings *segments) {
	for (int i = 0; i < segments->count; i++)
		if (!gather_text(building, gathered, segments->items[i]))
			return false;
	return true;
}

/* Addresses, so many in one condition as it takes. */
static bool gather_typed(struct building *building, struct gathered *gathered, const struct strings *addresses) {
	for (int from = 0; from < addresses->count; from += RULE_TEXTS_MAX) {
		BUF_AUTO text = { 0 };
		buf_text_add(&text, "{\"field\":\"email\",\"operator\":\"one_of\",\"value\":");
		for (int i = from; i < addresses->count && i < from + RULE_TEXTS_MAX; i++) {
			buf_char(&text, i == from ? '[' : ',');
			json_write_text(&text, addresses->items[i]);
		}
		buf_text_add(&text, "]}");
		if (!gather_text(building, gathered, arena_copy(building->arena, buf_text(&text))))
			return false;
	}
	return true;
}

/* On a list to which a campaign was sent lately. */
static bool gather_recent(struct building *building, struct gathered *gathered, int64_t days) {
	const struct named_campaign *campaigns = building->known->names.campaigns.items;
	struct strings lists = { 0 };
	if (days == COUNT_NONE)
		return true;
	int64_t since = building->now.ms - days * DAY_MS;
	for (int i = 0; i < building->known->names.campaigns.count; i++) {
		for (int k = 0; campaigns[i].sent_at.ms >= since && k < campaigns[i].list_ids.count; k++) {
			const char *id = campaigns[i].list_ids.items[k];
			if (strings_have(&lists, id) || !names_list(&building->known->names, id))
				continue;
			const char **more = arena_array(building->arena, const char *, (size_t)lists.count + 1);
			if (lists.count)
				memcpy(more, lists.items, sizeof *more * (size_t)lists.count);
			lists.items = more;
			lists.items[lists.count++] = id;
		}
	}
	for (int i = 0; i < lists.count; i++)
		if (!gather_text(building, gathered,
		                 arena_print(building->arena, "{\"field\":\"list\",\"operator\":\"on\",\"value\":\"%s\"}",
		                             lists.items[i])))
			return false;
	return true;
}

/* Those of lists, segments and rule. */
static bool find_chosen(struct building *building, const struct rule **chosen) {
	const struct composition *composition = building->composition;
	struct gathered lists = { 0 }, segments = { 0 }, all = { 0 };
	if (!gather_lists(building, &lists, &composition->list_ids, true) ||
	    !gather_segments(building, &segments, &composition->target_segments))
		return false;
	const struct rule *parts[] = { group(building, RULE_ANY, &lists), group(building, RULE_ANY, &segments) };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i])
			gather(building, &all, parts[i]);
	if (composition->rule && !gather_text(building, &all, composition->rule))
		return false;
	*chosen = NULL;
	for (int i = 0; i < all.count; i++)
		*chosen = *chosen ? rule_both(*chosen, &all.rules[i], building->arena) : &all.rules[i];
	return true;
}

static bool find_excluded(struct building *building, const struct rule **excluded) {
	const struct exclusion *exclude = &building->composition->exclude;
	struct gathered all = { 0 };
	if (!gather_lists(building, &all, &exclude->list_ids, false) ||
	    !gather_segments(building, &all, &exclude->segments) || !gather_recent(building, &all, exclude->days))
		return false;
	*excluded = group(building, RULE_NOT, &all);
	return true;
}

bool addressees_rule(const struct composition *composition, const struct composing_known *known, struct moment now,
                     struct arena *arena, const struct rule **rule, struct error *err) {
	struct building building = { composition, known, now, arena, err };
	const struct rule *chosen, *excluded;
	struct gathered any = { 0 };
	if (!find_chosen(&building, &chosen) || !find_excluded(&building, &excluded))
		return false;
	if (chosen)
		gather(&building, &any, chosen);
	if (!gather_typed(&building, &any, &composition->recipients))
		return false;
	const struct rule *whole = group(&building, RULE_ANY, &any);
	*rule = whole && excluded ? rule_both(whole, excluded, arena) : whole;
	return true;
}

const char *addressees_list(const struct composition *composition) {
	return composition->list_ids.count == 1 && composition->target_segments.count == 0 &&
	               composition->recipients.count == 0
	           ? composition->list_ids.items[0]
	           : NULL;
}
